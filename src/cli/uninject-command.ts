// `weft uninject`: manifests without the proxy, as they were before `weft inject`.

import type { Command } from "commander";
import { unmarkPod } from "#control/kubernetes/injection/mark-pod.ts";
import type { PodTemplate } from "#control/kubernetes/injection/pod-templates.ts";
import { uninjectPod } from "#control/kubernetes/injection/uninject-pod.ts";
import { type Change, changeManifests } from "./manifest-command.ts";
import type { Surroundings } from "./surroundings.ts";

const EXAMPLES = `
Examples:
  weft uninject deployment.yaml | kubectl apply -f -`;

export function registerUninject(program: Command, surroundings: Surroundings): void {
  program
    .command("uninject")
    .description("manifests without the proxy that `weft inject` added")
    .argument("<file...>", "YAML or JSON; - reads the standard input")
    .addHelpText("after", EXAMPLES)
    .action((paths: readonly string[]) =>
      changeManifests(surroundings, paths, "Uninjected", uninject),
    );
}

function uninject({ pod }: PodTemplate): Change {
  const mark = unmarkPod(pod);
  const uninjection = uninjectPod(pod);
  if (uninjection.kind === "uninjected") {
    return { patch: [...uninjection.patch, ...mark], outcome: "uninjected", warnings: [] };
  }
  if (mark.length > 0) return { patch: mark, outcome: "asks for no proxy any more", warnings: [] };
  return { patch: [], outcome: `skipped: ${uninjection.reason}`, warnings: [] };
}
