// What the annotations of a pod and of its namespace say about its proxy. A value that can't be
// read is a warning and changes nothing: a refusal would reach nobody but the controller that makes
// the pods, and stop the application for a slip in an annotation of its proxy.

import { jsonText } from "#ir/json-text.ts";
import { nearestName } from "#ir/nearest-name.ts";
import { checkedResources } from "./checked-resources.ts";
import { IGNORED_ANNOTATIONS, INJECTOR_PREFIXES } from "./ignored-annotations.ts";
import {
  type NamedPorts,
  OPTION_ANNOTATIONS,
  type OptionAnnotation,
  OWN_PREFIX,
} from "./option-annotations.ts";
import type { ProxyOptions } from "./proxy-options.ts";

export type OptionsReading = {
  readonly options: ProxyOptions;
  readonly warnings: readonly string[];
};

type Annotations = ReadonlyMap<string, string>;

// What a namespace says for all of its pods, as Linkerd has it.
const INHERITED_PREFIXES = [OWN_PREFIX, "config.linkerd.io/"];

const OPTION_NAMES: ReadonlySet<string> = new Set(
  OPTION_ANNOTATIONS.flatMap(({ name, aliases }) => [name, ...aliases]),
);
// Those are read elsewhere.
const OTHER_NAMES: ReadonlySet<string> = new Set(["sidecar.istio.io/inject"]);

export function readProxyOptions(
  ofPod: Annotations,
  ofNamespace: Annotations,
  ports: NamedPorts,
  defaults: ProxyOptions,
): OptionsReading {
  const warnings: string[] = [];
  const inherited = new Map([...ofNamespace].filter(([name]) => isInherited(name)));
  let options = defaults;
  for (const annotation of OPTION_ANNOTATIONS) {
    const found = findValue(annotation, ofPod) ?? findValue(annotation, inherited);
    if (!found) continue;
    const [name, value] = found;
    const changed = annotation.read(value.trim(), options, ports);
    if (changed) options = changed;
    else {
      const said = `found ${jsonText(value)}, must be ${annotation.expected}`;
      warnings.push(`Annotation ${name}: ${said}; the default holds`);
    }
  }
  for (const name of new Set([...ofPod.keys(), ...inherited.keys()])) {
    warnings.push(...ignoredWarning(name, ofPod.get(name) ?? inherited.get(name)!));
  }
  const { resources, warnings: about } = checkedResources(options.resources, defaults.resources);
  return { options: { ...options, resources }, warnings: [...warnings, ...about] };
}

function isInherited(name: string): boolean {
  return INHERITED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function findValue({ name, aliases }: OptionAnnotation, annotations: Annotations) {
  const found = [name, ...aliases].find((each) => annotations.has(each));
  return found === undefined ? undefined : ([found, annotations.get(found)!] as const);
}

function ignoredWarning(name: string, value: string): readonly string[] {
  if (OPTION_NAMES.has(name) || OTHER_NAMES.has(name)) return [];
  if (!INJECTOR_PREFIXES.some((prefix) => name.startsWith(prefix))) return [];
  const ignored = IGNORED_ANNOTATIONS.find((each) => each.name === name);
  if (ignored?.holds?.includes(value)) return [];
  if (ignored) return [`Annotation ${name} is not honoured: ${ignored.why}`];
  const near = nearestName(name, OPTION_NAMES);
  const hint = near === undefined ? "" : `: did you mean ${near}?`;
  return [`Annotation ${name} is not honoured${hint}`];
}
