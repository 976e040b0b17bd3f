// "vs", "VirtualService", "httproutes" -> the kind in lower case and in the singular, by which the
// admin API finds it.

const SHORT: ReadonlyMap<string, string> = new Map([
  ["vs", "virtualservice"],
  ["dr", "destinationrule"],
  ["svc", "service"],
  ["sa", "serviceaccount"],
  ["hr", "httproute"],
  ["wl", "workload"],
  // As `weft stat` has them: a workload's name is its controller's.
  ...["po", "pod", "pods", "deploy", "deployment", "deployments"].map(
    (word) => [word, "workload"] as const,
  ),
  ["ns", "namespace"],
  ["se", "serviceentry"],
  ["serviceentries", "serviceentry"],
  ["we", "workloadentry"],
  ["workloadentries", "workloadentry"],
  ["policies", "policy"],
]);

export function parseKind(word: string): string {
  const lower = word.toLowerCase();
  return SHORT.get(lower) ?? (lower.endsWith("s") ? lower.slice(0, -1) : lower);
}
