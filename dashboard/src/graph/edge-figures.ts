// What a call shows: the more requests the wider, dashed unless all of them were mTLS, and a sign
// where some of them fail.

import { type Tone, toneOf } from "#dashboard/parts/tone.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { shareText } from "#dashboard/text/share-text.ts";
import type { CallEdge } from "./call-graph.ts";

export type EdgeFigures = {
  readonly classes: string;
  readonly widthPx: number;
  readonly isQuiet: boolean;
  readonly isSecured: boolean;
  readonly text: string | undefined; // "▲ 412", requests per second; undefined: not asked for
};

const SIGNS = { good: "", none: "", warn: "▲ ", bad: "◆ " } as const satisfies Record<Tone, string>;

export function edgeFigures({ row }: CallEdge, withText: boolean): EdgeFigures {
  const { rps, requests, successRate, isSecured } = row;
  const isQuiet = requests === 0;
  const tone = toneOf(successRate);
  return {
    classes: isQuiet ? `${tone} quiet` : isSecured ? tone : `${tone} plain`,
    widthPx: widthPx(rps),
    ...{ isQuiet, isSecured },
    text: withText ? SIGNS[tone] + rateText(rps) : undefined,
  };
}

export function edgeTitle({ row }: CallEdge): string {
  const { source, destination, rps, successRate, latencyP50Ms, latencyP99Ms, isSecured } = row;
  return [
    `${source.workload || "outside the mesh"} → ${destination.workload}`,
    `${rateText(rps)} requests/s, success ${shareText(successRate)}`,
    `p50 ${latencyText(latencyP50Ms)}, p99 ${latencyText(latencyP99Ms)}`,
    isSecured ? `mTLS as ${source.identity}` : "not secured by mTLS",
  ].join("\n");
}

// 1.2 at a trickle, 4 at thousands, in steps that can be told apart.
function widthPx(rps: number): number {
  return Math.round(Math.min(4, 1.2 + 0.7 * Math.log10(1 + rps)) * 5) / 5;
}
