// What a call carries, on its line: a lock where all of it was mTLS, requests per second, and a
// sign where some of them fail.

import { type Tone, toneOf } from "#dashboard/parts/tone.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import type { PlacedEdge } from "./layout.ts";
import { Lock } from "./lock.tsx";

type Props = { readonly placed: PlacedEdge; readonly isDimmed: boolean };

const SIGNS = { good: "", none: "", warn: "▲ ", bad: "◆ " } as const satisfies Record<Tone, string>;
const LOCK_WIDTH_PX = 13;
const PAD_PX = 8;
// Nearly: text can't be measured before it is shown, and then it would move.
const CHARACTER_WIDTH_PX = 6.8;

export function GraphLabel({ placed, isDimmed }: Props) {
  const { edge, label } = placed;
  const { rps, requests, successRate, isSecured } = edge.row;
  if (requests === 0) return null;
  const tone = toneOf(successRate);
  const text = SIGNS[tone] + rateText(rps);
  const widthPx = 2 * PAD_PX + LOCK_WIDTH_PX + text.length * CHARACTER_WIDTH_PX;
  const leftPx = -widthPx / 2;
  return (
    <g
      class={`edge label ${tone} ${isSecured ? "" : "plain"} ${isDimmed ? "dimmed" : ""}`}
      transform={`translate(${label.x.toFixed(1)} ${label.y.toFixed(1)})`}
    >
      <rect class="halo" x={leftPx} y="-8.5" width={widthPx} height="17" rx="8.5" />
      <Lock isClosed={isSecured} x={leftPx + PAD_PX} y={-5.5} />
      <text x={leftPx + PAD_PX + LOCK_WIDTH_PX} y="4">
        {text}
      </text>
    </g>
  );
}
