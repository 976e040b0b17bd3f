// Where on the page a workload's row is, for links to it.

export function workloadId(key: string): string {
  return `workload-${key.replaceAll("/", "-")}`;
}
