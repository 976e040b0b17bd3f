// One workload in the table.

import type { StatRow } from "#api/stat-row.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { rowKey } from "#dashboard/memory/keys.ts";
import type { Sample } from "#dashboard/memory/mesh-memory.ts";
import { bytesText } from "#dashboard/text/bytes-text.ts";
import { coreShareText } from "#dashboard/text/core-share-text.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { workloadPlace } from "#dashboard/way/place.ts";
import { nearScreen } from "./near-screen.ts";
import { Readiness } from "./readiness.tsx";
import { Sparkline } from "./sparkline.tsx";
import { Success } from "./success.tsx";
import { workloadId } from "./workload-id.ts";

type Props = {
  readonly workload: WorkloadRow;
  readonly stat: StatRow | undefined;
  readonly samples: readonly Sample[];
  readonly untilMs: number;
  readonly showsNamespace: boolean;
};

export const WorkloadLine = nearScreen((props: Props, seen) => {
  const { workload, stat, samples, untilMs, showsNamespace } = props;
  const rps = samples.map(({ atMs, rps }) => ({ atMs, value: rps }));
  const p99 = samples.map(({ atMs, latencyP99Ms }) => ({ atMs, value: latencyP99Ms }));
  return (
    <tr id={workloadId(rowKey(workload))} ref={seen}>
      <th scope="row" class="name" title={workload.identity ?? undefined}>
        {showsNamespace && <span class="faint">{workload.namespace}/</span>}
        <a href={workloadPlace(workload)}>{workload.name}</a>
        {workload.source === "joined" && <span class="chip">joined</span>}
      </th>
      <td class="version">{workload.version || <span class="faint">–</span>}</td>
      <td class="state">
        <Readiness workload={workload} />
      </td>
      <td class="number">
        <Success rate={stat?.successRate ?? null} />
      </td>
      <td class="number">{stat ? rateText(stat.rps) : "–"}</td>
      <td class="spark">
        <Sparkline kind="rps" points={rps} untilMs={untilMs} />
      </td>
      <td class="number">{latencyText(stat?.latencyP50Ms ?? null)}</td>
      <td class="number">{latencyText(stat?.latencyP95Ms ?? null)}</td>
      <td class="number">{latencyText(stat?.latencyP99Ms ?? null)}</td>
      <td class="spark">
        <Sparkline kind="latency" points={p99} untilMs={untilMs} />
      </td>
      <td class="number">{stat ? stat.inFlight : "–"}</td>
      <td class="number">{stat ? coreShareText(stat.cpuMsPerSecond) : "–"}</td>
      <td class="number">{stat ? bytesText(stat.memoryBytes) : "–"}</td>
    </tr>
  );
});
