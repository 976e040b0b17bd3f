// The last minute of one figure. Says nothing to a screen reader: the figure stands beside it.

import { SAMPLES_SPAN_MS } from "#dashboard/memory/mesh-memory.ts";
import { type SparkPoint, sparkPath } from "./spark-path.ts";

type Props = {
  readonly points: readonly SparkPoint[];
  readonly untilMs: number;
  readonly kind: "rps" | "latency";
};

const WIDTH_PX = 72;
const HEIGHT_PX = 20;

export function Sparkline({ points, untilMs, kind }: Props) {
  const box = { widthPx: WIDTH_PX, heightPx: HEIGHT_PX, untilMs, spanMs: SAMPLES_SPAN_MS };
  return (
    <svg
      class={`spark ${kind}`}
      viewBox={`0 0 ${WIDTH_PX} ${HEIGHT_PX}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path d={sparkPath(points, box)} />
    </svg>
  );
}
