// `weft inject`: manifests with a proxy beside each workload, by the injector that the webhook has.

import type { Command } from "commander";
import { injectPod } from "#control/kubernetes/injection/inject-pod.ts";
import type { InjectorSettings } from "#control/kubernetes/injection/injector-settings.ts";
import { markPod } from "#control/kubernetes/injection/mark-pod.ts";
import type { PodNamespace } from "#control/kubernetes/injection/pod.ts";
import type { PodTemplate } from "#control/kubernetes/injection/pod-templates.ts";
import { DEFAULT_RESOURCES } from "#control/kubernetes/injection/proxy-options.ts";
import { type Change, changeManifests } from "./manifest-command.ts";
import type { Surroundings } from "./surroundings.ts";

type Flags = {
  readonly manual: boolean;
  readonly image?: string;
  readonly imagePullPolicy: string;
  readonly trustDomain: string;
  readonly control: string;
};

const EXAMPLES = `
Examples:
  weft inject deployment.yaml | kubectl apply -f -
  kubectl get deploy web -o yaml | weft inject - | kubectl apply -f -
  weft inject --no-manual deployment.yaml   # only asks for it; the webhook adds the proxy`;

export function registerInject(program: Command, surroundings: Surroundings): void {
  program
    .command("inject")
    .description("manifests with a proxy beside each workload; what was done goes to stderr")
    .argument("<file...>", "YAML or JSON; - reads the standard input")
    .option("--manual", "add the proxy itself, as is usual here", true)
    .option("--no-manual", "only ask for it by a label, which the webhook obeys")
    .option("--image <name>", "the proxy's image (default: weft.dev/weft of this version)")
    .option("--image-pull-policy <policy>", "Always, IfNotPresent or Never", "IfNotPresent")
    .option("--trust-domain <name>", "the mesh's", "cluster.local")
    .option("--control <address>", "of the control plane", "weft-control.weft-system.svc:15012")
    .addHelpText("after", EXAMPLES)
    .action((paths: readonly string[], flags: Flags) => {
      const settings = settingsOf(flags, surroundings.version);
      const change = flags.manual
        ? (template: PodTemplate, name: string) => inject(template, name, settings)
        : mark;
      changeManifests(surroundings, paths, flags.manual ? "Injected" : "Marked", change);
    });
}

function settingsOf(flags: Flags, version: string): InjectorSettings {
  const { imagePullPolicy, trustDomain, control } = flags;
  const image = flags.image ?? `weft.dev/weft:${version}`;
  return {
    ...{ image, imagePullPolicy, trustDomain, control, version },
    ...{ resources: DEFAULT_RESOURCES, logLevel: "info" },
  };
}

function inject({ pod }: PodTemplate, name: string, settings: InjectorSettings): Change {
  const injection = injectPod({ pod, namespace: namespaceOf(name), isAsked: true }, settings);
  const { warnings } = injection;
  if (injection.kind === "injected") {
    return { patch: injection.patch, outcome: "injected", warnings };
  }
  return { patch: [], outcome: `skipped: ${injection.reason}`, warnings };
}

function mark({ pod }: PodTemplate, name: string): Change {
  const marking = markPod(pod, namespaceOf(name));
  const { warnings } = marking;
  if (marking.kind === "marked") return { patch: marking.patch, outcome: "marked", warnings };
  return { patch: [], outcome: `skipped: ${marking.reason}`, warnings };
}

// A file says no more of it.
function namespaceOf(name: string): PodNamespace {
  return { name, labels: new Map(), annotations: new Map() };
}
