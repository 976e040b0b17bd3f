// "deploy", "deploy/reviews-v1", "svc/reviews", "ns/bookshop": as with kubectl and linkerd. On one
// machine there are no deployments: a workload stands for itself.

import type { StatKind } from "#api/stat-row.ts";

export type Resource = { readonly kind: StatKind; readonly name: string | undefined };

export type ParsedResource =
  | { readonly kind: "ok"; readonly resource: Resource }
  | { readonly kind: "invalid"; readonly message: string };

const KINDS: ReadonlyMap<string, StatKind> = new Map([
  ...[
    "workload",
    "workloads",
    "wl",
    "deploy",
    "deployment",
    "deployments",
    "po",
    "pod",
    "pods",
  ].map((word) => [word, "workload"] as const),
  ...["svc", "service", "services"].map((word) => [word, "service"] as const),
  ...["ns", "namespace", "namespaces"].map((word) => [word, "namespace"] as const),
]);

// The kind that one word names; undefined: none.
export function kindNamed(word: string): StatKind | undefined {
  return KINDS.get(word.toLowerCase());
}

// `words` are the arguments: none for all workloads, "deploy/web", or "deploy" and "web".
export function parseResource(words: readonly string[]): ParsedResource {
  const [first, second, ...rest] = words.flatMap((word) => word.split("/"));
  if (first === undefined) return { kind: "ok", resource: { kind: "workload", name: undefined } };
  const kind = kindNamed(first);
  if (!kind || second === "" || rest.length > 0) {
    const message =
      `Cannot tell what "${words.join(" ")}" is: must be like deploy, deploy/reviews-v1, ` +
      "svc/reviews, ns/bookshop or workload/web";
    return { kind: "invalid", message };
  }
  return { kind: "ok", resource: { kind, name: second } };
}
