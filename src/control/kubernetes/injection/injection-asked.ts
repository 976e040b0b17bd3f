// Whether somebody asked for a proxy beside a pod: its own word counts before its namespace's, ours
// before Istio's before Linkerd's, a label before an annotation.

import { jsonText } from "#ir/json-text.ts";
import { type Pod, type PodNamespace, textsIn } from "./pod.ts";

export type InjectionAsked = {
  readonly answer: "asked" | "declined" | "unasked";
  // "label weft.dev/inject of the pod"; "" where nobody said anything.
  readonly by: string;
  readonly warnings: readonly string[];
};

type Word = {
  readonly name: string;
  readonly yes: readonly string[];
  readonly no: readonly string[];
};

const LINKERD: Word = { name: "linkerd.io/inject", yes: ["enabled", "ingress"], no: ["disabled"] };
const OWN: Word = { name: "weft.dev/inject", yes: ["enabled", "true"], no: ["disabled", "false"] };

// What a pod may say, as a label or as an annotation.
export const POD_WORDS: readonly Word[] = [
  OWN,
  { name: "sidecar.istio.io/inject", yes: ["true"], no: ["false"] },
  LINKERD,
];

// What a namespace may say, as a label.
export const NAMESPACE_WORDS: readonly Word[] = [
  OWN,
  { name: "istio-injection", yes: ["enabled"], no: ["disabled"] },
  LINKERD,
];

export function injectionAsked(pod: Pod, namespace: PodNamespace): InjectionAsked {
  const warnings: string[] = [];
  const labels = textsIn(pod.metadata, "labels");
  const annotations = textsIn(pod.metadata, "annotations");
  const said =
    firstWord(POD_WORDS, { labels, annotations }, "the pod", warnings) ??
    firstWord(NAMESPACE_WORDS, namespace, `namespace ${namespace.name}`, warnings);
  return { answer: said?.answer ?? "unasked", by: said?.by ?? "", warnings };
}

const NOTHING: ReadonlyMap<string, string> = new Map();

// As it is in a cluster: the API server asks the injector by labels of a namespace, and by nothing
// else of it.
export function injectionAskedInCluster(pod: Pod, namespace: PodNamespace): InjectionAsked {
  const { name, labels } = namespace;
  return injectionAsked(pod, { name, labels, annotations: NOTHING });
}

type Marks = {
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: ReadonlyMap<string, string>;
};

function firstWord(
  words: readonly Word[],
  { labels, annotations }: Marks,
  whose: string,
  warnings: string[],
): { answer: "asked" | "declined"; by: string } | undefined {
  for (const { name, yes, no } of words) {
    for (const [what, marks] of [
      ["label", labels],
      ["annotation", annotations],
    ] as const) {
      const value = marks.get(name);
      if (value === undefined) continue;
      const by = `${what} ${name} of ${whose}`;
      if (name === LINKERD.name && value === "ingress") {
        warnings.push(`${by}: "ingress" is read as "enabled"; there is no mode of its own`);
      }
      if (yes.includes(value)) return { answer: "asked", by };
      if (no.includes(value)) return { answer: "declined", by };
      const right = [...yes, ...no].join(", ");
      warnings.push(`${by}: found ${jsonText(value)}, must be one of ${right}; it is passed over`);
    }
  }
  return undefined;
}
