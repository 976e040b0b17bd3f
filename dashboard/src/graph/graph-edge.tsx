// The line of a call: the more requests the wider, and dashed unless all of them were mTLS.

import { toneOf } from "#dashboard/parts/tone.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { shareText } from "#dashboard/text/share-text.ts";
import type { PlacedEdge } from "./layout.ts";

type Props = { readonly placed: PlacedEdge; readonly isDimmed: boolean };

const ARROW_PX = 8;

export function GraphEdge({ placed, isDimmed }: Props) {
  const { edge, path, end, endsLeftward } = placed;
  const { rps, requests, successRate, isSecured } = edge.row;
  const isQuiet = requests === 0;
  const classes = [
    "edge",
    toneOf(successRate),
    isQuiet ? "quiet" : "",
    isQuiet || isSecured ? "" : "plain",
    isDimmed ? "dimmed" : "",
  ];
  return (
    <g class={classes.join(" ")}>
      <title>{titleOf(placed)}</title>
      <path class="line" d={path} stroke-width={widthPx(rps)} />
      <path class="arrow" d={`M${end.x} ${end.y}l${endsLeftward ? ARROW_PX : -ARROW_PX} -4.5v9z`} />
    </g>
  );
}

// 1.2 at a trickle, 4 at thousands.
function widthPx(rps: number): number {
  return Math.round(Math.min(4, 1.2 + 0.7 * Math.log10(1 + rps)) * 100) / 100;
}

function titleOf({ edge }: PlacedEdge): string {
  const { source, destination, rps, successRate, latencyP50Ms, latencyP99Ms, isSecured } = edge.row;
  return [
    `${source.workload || "outside the mesh"} → ${destination.workload}`,
    `${rateText(rps)} requests/s, success ${shareText(successRate)}`,
    `p50 ${latencyText(latencyP50Ms)}, p99 ${latencyText(latencyP99Ms)}`,
    isSecured ? `mTLS as ${source.identity}` : "not secured by mTLS",
  ].join("\n");
}
