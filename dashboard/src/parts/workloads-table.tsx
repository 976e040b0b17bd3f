// Golden metrics of every workload, as its own proxy measures them.

import type { MeshView } from "#api/mesh-view.ts";
import { rowKey } from "#dashboard/memory/keys.ts";
import type { MeshMemory } from "#dashboard/memory/mesh-memory.ts";
import { ScrollRegion } from "./scroll-region.tsx";
import { WorkloadLine } from "./workload-line.tsx";

type Props = { readonly view: MeshView; readonly memory: MeshMemory };

export function WorkloadsTable({ view, memory }: Props) {
  const stats = new Map(view.stat.map((row) => [rowKey(row), row]));
  const workloads = [...view.workloads].sort((a, b) => (rowKey(a) < rowKey(b) ? -1 : 1));
  const namespaces = new Set(workloads.map(({ namespace }) => namespace));
  return (
    <ScrollRegion label="Workloads, table">
      <table class="workloads">
        <thead>
          <tr>
            <th scope="col" class="name">
              Workload
            </th>
            <th scope="col" class="version">
              Version
            </th>
            <th scope="col" class="state">
              State
            </th>
            <th scope="col" class="number wide">
              Success
            </th>
            <th scope="col" class="number" title="Requests per second">
              RPS
            </th>
            <td class="spark" />
            <th scope="col" class="number">
              p50
            </th>
            <th scope="col" class="number">
              p95
            </th>
            <th scope="col" class="number">
              p99
            </th>
            <td class="spark" />
            <th scope="col" class="number wide" title="Requests being answered now">
              In flight
            </th>
            <th scope="col" class="number" title="Of its proxy; 100% is one core">
              CPU
            </th>
            <th scope="col" class="number wide" title="Of its proxy">
              Memory
            </th>
          </tr>
        </thead>
        <tbody>
          {workloads.map((workload) => (
            <WorkloadLine
              key={rowKey(workload)}
              workload={workload}
              stat={stats.get(rowKey(workload))}
              samples={memory.samples.get(rowKey(workload)) ?? []}
              untilMs={memory.atMs}
              showsNamespace={namespaces.size > 1}
            />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
