// The lines of the calls between placed nodes. A call to the right leaves a node at its right side,
// one to the left (back, in a circle) at its left, and one within a column goes around.

import { laneKey } from "./boxes.ts";
import type { CallEdge } from "./call-graph.ts";
import { type Curve, curvesPath, levelCurve, type Point } from "./curve.ts";
import type { PlacedNode } from "./layout.ts";
import { placeLabels } from "./place-labels.ts";
import { SIZES } from "./sizes.ts";

export type Line = {
  readonly path: string;
  readonly label: Point;
  readonly end: Point; // where the arrow points,
  readonly endsLeftward: boolean; // and which way
};

type Side = "left" | "right";
type Ends = { readonly from: PlacedNode; readonly to: PlacedNode };

const BULGE_PX = 46;

export function routeCalls(
  edges: readonly CallEdge[],
  nodes: readonly PlacedNode[],
  lanes: ReadonlyMap<string, Point>,
): readonly Line[] {
  const byKey = new Map(nodes.map((placed) => [placed.node.key, placed]));
  const calls = edges.map((edge) => ({ from: byKey.get(edge.from)!, to: byKey.get(edge.to)! }));
  const ports = portsOf(calls);
  const lines = calls.map((ends, i) => curvesOf(ends, ports[i]!, lanes));
  const labels = placeLabels(lines);
  return lines.map((curves, i) => ({
    path: curvesPath(curves),
    label: labels[i]!,
    end: curves.at(-1)![3],
    endsLeftward: sidesOf(calls[i]!).to === "right",
  }));
}

function sidesOf({ from, to }: Ends): { readonly from: Side; readonly to: Side } {
  if (from.column < to.column) return { from: "right", to: "left" };
  if (from.column > to.column) return { from: "left", to: "right" };
  return { from: "right", to: "right" };
}

// Calls at the same side of a node stand apart, in the order of their other ends.
function portsOf(calls: readonly Ends[]): readonly { readonly from: Point; readonly to: Point }[] {
  const sides = new Map<string, { readonly id: string; readonly y: number }[]>();
  const add = (placed: PlacedNode, side: Side, id: string, y: number) => {
    const key = `${placed.node.key} ${side}`;
    sides.set(key, [...(sides.get(key) ?? []), { id, y }]);
  };
  calls.forEach((ends, i) => {
    add(ends.from, sidesOf(ends).from, `from ${i}`, ends.to.y);
    add(ends.to, sidesOf(ends).to, `to ${i}`, ends.from.y);
  });
  const port = (placed: PlacedNode, side: Side, id: string): Point => {
    const all = sides.get(`${placed.node.key} ${side}`)!;
    const sorted = [...all].sort((a, b) => a.y - b.y || (a.id < b.id ? -1 : 1));
    const place = sorted.findIndex((entry) => entry.id === id) - (sorted.length - 1) / 2;
    const gapPx = Math.min(SIZES.portGapPx, (SIZES.nodeHeightPx - 12) / sorted.length);
    return {
      x: placed.x + (side === "right" ? SIZES.nodeWidthPx : 0),
      y: placed.y + SIZES.nodeHeightPx / 2 + place * gapPx,
    };
  };
  return calls.map((ends, i) => ({
    from: port(ends.from, sidesOf(ends).from, `from ${i}`),
    to: port(ends.to, sidesOf(ends).to, `to ${i}`),
  }));
}

function curvesOf(
  { from, to }: Ends,
  ports: { readonly from: Point; readonly to: Point },
  lanes: ReadonlyMap<string, Point>,
): readonly Curve[] {
  if (from.column === to.column) return [levelCurve(ports.from, ports.to, BULGE_PX)];
  const isForward = from.column < to.column;
  const [left, right] = isForward ? [from, to] : [to, from];
  const stops: { readonly enter: Point; readonly leave: Point }[] = [];
  for (let column = left.column + 1; column < right.column; column++) {
    const lane = lanes.get(laneKey(left.node.group, right.node.group, column));
    if (!lane) continue;
    const near = { x: lane.x, y: lane.y };
    const far = { x: lane.x + SIZES.nodeWidthPx + 2 * SIZES.boxPadPx, y: lane.y };
    stops.push(isForward ? { enter: near, leave: far } : { enter: far, leave: near });
  }
  if (!isForward) stops.reverse();
  const curves: Curve[] = [];
  let at = ports.from;
  for (const { enter, leave } of stops) {
    curves.push(levelCurve(at, enter));
    at = leave;
  }
  return [...curves, levelCurve(at, ports.to)];
}
