// A workload in the call graph: its name, its state, what it answers. A link to its row.

import { type Tone, toneOf } from "#dashboard/parts/tone.ts";
import { workloadId } from "#dashboard/parts/workload-id.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { shareText } from "#dashboard/text/share-text.ts";
import { shorten } from "#dashboard/text/shorten.ts";
import { workloadPlace } from "#dashboard/way/place.ts";
import type { CallNode } from "./call-graph.ts";
import type { PlacedNode } from "./layout.ts";
import { SIZES } from "./sizes.ts";

type Props = {
  readonly placed: PlacedNode;
  readonly isDimmed: boolean;
  readonly choose: (key: string | undefined) => void;
};

const NAME_LENGTH_MAX = 20;
const SIGNS = { good: "", none: "", warn: "▲ ", bad: "◆ " } as const satisfies Record<Tone, string>;

export function GraphNode({ placed, isDimmed, choose }: Props) {
  const { node, x, y } = placed;
  const { nodeWidthPx, nodeHeightPx } = SIZES;
  const state = stateOf(node);
  const tone = toneOf(node.stat?.successRate ?? null);
  const figures = figuresOf(node, tone);
  return (
    <a
      class={`node ${state.class} ${isDimmed ? "dimmed" : ""}`}
      href={node.workload ? workloadPlace(node.workload) : `#${workloadId(node.key)}`}
      aria-label={`${shorten(node.name, NAME_LENGTH_MAX)} ${figures}, ${state.name}`}
      onPointerEnter={() => choose(node.key)}
      onPointerLeave={() => choose(undefined)}
      onFocus={() => choose(node.key)}
      onBlur={() => choose(undefined)}
    >
      <title>{`${node.name}: ${state.name}`}</title>
      <rect x={x} y={y} width={nodeWidthPx} height={nodeHeightPx} rx="8" />
      <text class="name" x={x + 12} y={y + 19}>
        {shorten(node.name, NAME_LENGTH_MAX)}
      </text>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a text of SVG takes no focus */}
      <text class="state" aria-hidden="true" x={x + nodeWidthPx - 11} y={y + 19}>
        {state.sign}
      </text>
      <text class={`figures ${tone}`} x={x + 12} y={y + 36}>
        {figures}
      </text>
    </a>
  );
}

function stateOf({ workload }: CallNode) {
  if (!workload) return { class: "foreign", sign: "", name: "not in the mesh" };
  if (!workload.isMeshed) return { class: "absent", sign: "○", name: "no proxy" };
  if (!workload.isReady) return { class: "starting", sign: "◐", name: "not ready" };
  return { class: "ready", sign: "●", name: "ready" };
}

function figuresOf({ workload, stat, rpsOut }: CallNode, tone: Tone): string {
  if (stat && stat.requests > 0) {
    const { rps, successRate, latencyP99Ms } = stat;
    const success = `${SIGNS[tone]}${shareText(successRate)}`;
    return `${rateText(rps)}/s · ${success} · ${latencyText(latencyP99Ms)}`;
  }
  if (rpsOut > 0) return `sends ${rateText(rpsOut)}/s`;
  return workload ? "no requests now" : "not in the mesh";
}
