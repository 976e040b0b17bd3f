// The golden metrics of one resource, with their last minute.

import type { StatRow } from "#api/stat-row.ts";
import type { Sample } from "#dashboard/memory/mesh-memory.ts";
import { bytesText } from "#dashboard/text/bytes-text.ts";
import { coreShareText } from "#dashboard/text/core-share-text.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { shareText } from "#dashboard/text/share-text.ts";
import { Sparkline } from "./sparkline.tsx";
import { toneOf } from "./tone.ts";

type Props = {
  readonly stat: StatRow | undefined;
  readonly samples: readonly Sample[];
  readonly untilMs: number;
};

export function Figures({ stat, samples, untilMs }: Props) {
  if (!stat) return <p class="empty">Nothing is measured yet.</p>;
  const rps = samples.map(({ atMs, rps: value }) => ({ atMs, value }));
  const p99 = samples.map(({ atMs, latencyP99Ms: value }) => ({ atMs, value }));
  return (
    <dl class="figures">
      <div class={toneOf(stat.successRate)}>
        <dt>Success</dt>
        <dd>{shareText(stat.successRate)}</dd>
      </div>
      <div>
        <dt>Requests per second</dt>
        <dd>
          {rateText(stat.rps)} <Sparkline kind="rps" points={rps} untilMs={untilMs} />
        </dd>
      </div>
      <div>
        <dt>p50 · p95 · p99</dt>
        <dd>
          {latencyText(stat.latencyP50Ms)} · {latencyText(stat.latencyP95Ms)} ·{" "}
          {latencyText(stat.latencyP99Ms)}{" "}
          <Sparkline kind="latency" points={p99} untilMs={untilMs} />
        </dd>
      </div>
      <div>
        <dt>In flight</dt>
        <dd>{stat.inFlight}</dd>
      </div>
      <div>
        <dt>CPU · memory of proxies</dt>
        <dd>
          {coreShareText(stat.cpuMsPerSecond)} · {bytesText(stat.memoryBytes)}
        </dd>
      </div>
    </dl>
  );
}
