// What the node of a workload shows: its name, its state, what it answers.

import { type Tone, toneOf } from "#dashboard/parts/tone.ts";
import { workloadId } from "#dashboard/parts/workload-id.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { shareText } from "#dashboard/text/share-text.ts";
import { shorten } from "#dashboard/text/shorten.ts";
import { workloadPlace } from "#dashboard/way/place.ts";
import type { CallNode } from "./call-graph.ts";

export type NodeFigures = {
  readonly name: string;
  readonly shortName: string;
  readonly href: string;
  readonly state: "past" | "foreign" | "absent" | "starting" | "ready";
  readonly tone: Tone;
  readonly figures: string; // "12/s · 100% · 4 ms"
};

export const NAME_LENGTH_MAX = 20;
const SIGNS = { good: "", none: "", warn: "▲ ", bad: "◆ " } as const satisfies Record<Tone, string>;

export function nodeFigures(node: CallNode): NodeFigures {
  const { key, name, workload, stat } = node;
  const tone = toneOf(stat?.successRate ?? null);
  return {
    ...{ name, tone, state: stateOf(node), figures: figuresOf(node, tone) },
    shortName: shorten(name, NAME_LENGTH_MAX),
    href: workload ? workloadPlace(workload) : `#${workloadId(key)}`,
  };
}

function stateOf({ workload, isPast }: CallNode): NodeFigures["state"] {
  // Whether it was ready is nowhere kept.
  if (isPast) return "past";
  if (!workload) return "foreign";
  if (!workload.isMeshed) return "absent";
  return workload.isReady ? "ready" : "starting";
}

function figuresOf({ workload, stat, rpsOut, isPast }: CallNode, tone: Tone): string {
  if (stat && stat.requests > 0) {
    const { rps, successRate, latencyP99Ms } = stat;
    const success = `${SIGNS[tone]}${shareText(successRate)}`;
    return `${rateText(rps)}/s · ${success} · ${latencyText(latencyP99Ms)}`;
  }
  if (rpsOut > 0) return `sends ${rateText(rpsOut)}/s`;
  if (isPast) return "no requests then";
  return workload ? "no requests now" : "not in the mesh";
}
