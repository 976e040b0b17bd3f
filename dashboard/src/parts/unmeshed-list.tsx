// Workloads of a cluster that are not in the mesh, and what would bring them in.

import type { UnmeshedReason, UnmeshedWorkload } from "#api/unmeshed-workload.ts";
import { CommandLine } from "./command-line.tsx";

const REASONS: Readonly<Record<UnmeshedReason, string>> = {
  "started-before": "started before a proxy was asked for",
  "namespace-not-enabled": "its namespace doesn't ask for proxies",
  "opted-out": "its pods say no",
  "host-network": "it uses its node's network",
  "not-possible": "it can't have one",
};

export function UnmeshedList({ unmeshed }: { readonly unmeshed: readonly UnmeshedWorkload[] }) {
  return (
    <details>
      <summary>{unmeshed.length === 1 ? "1 workload" : `${unmeshed.length} workloads`}</summary>
      <ul class="concerns">
        {unmeshed.map(({ namespace, name, kind, reason, remedy }) => (
          <li key={`${namespace}/${kind}/${name}`}>
            <strong>
              {kind} {namespace}/{name}
            </strong>{" "}
            {REASONS[reason]}
            {remedy.startsWith("kubectl ") ? (
              <CommandLine text={remedy} />
            ) : (
              <p class="faint">{remedy}</p>
            )}
          </li>
        ))}
      </ul>
    </details>
  );
}
