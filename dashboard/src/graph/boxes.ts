// What stands in the columns of the graph: a box for each app with its versions in it, and lanes
// that lead a call past the columns between its ends.

import type { CallGraph, CallNode } from "./call-graph.ts";
import { layersOf } from "./layers.ts";
import { SIZES } from "./sizes.ts";

export type Box = {
  readonly key: string;
  readonly nodes: readonly CallNode[]; // none: a lane
  readonly heightPx: number;
};

export type Columns = {
  readonly columns: readonly (readonly Box[])[];
  // Between boxes of neighbouring columns, left to right.
  readonly links: readonly { readonly from: string; readonly to: string }[];
};

export function boxColumns(graph: CallGraph): Columns {
  const groupOf = new Map(graph.nodes.map((node) => [node.key, node.group]));
  const calls = graph.edges.map(({ from, to }) => ({
    from: groupOf.get(from) ?? from,
    to: groupOf.get(to) ?? to,
  }));
  const boxes = boxesOf(graph.nodes);
  const busy = new Set(calls.flatMap(({ from, to }) => [from, to]));
  const layers = layersOf([...busy], calls);
  const columns: Box[][] = [];
  const put = (column: number, box: Box) => {
    while (columns.length <= column) columns.push([]);
    if (!columns[column]!.some(({ key }) => key === box.key)) columns[column]!.push(box);
  };
  for (const box of boxes) if (busy.has(box.key)) put(layers.get(box.key) ?? 0, box);
  const links = calls.flatMap(({ from, to }) => {
    const [left, right] = inOrder(from, to, layers);
    const first = layers.get(left) ?? 0;
    const last = layers.get(right) ?? 0;
    const stops = [left];
    for (let column = first + 1; column < last; column++) {
      const lane = laneKey(left, right, column);
      put(column, { key: lane, nodes: [], heightPx: SIZES.laneHeightPx });
      stops.push(lane);
    }
    stops.push(right);
    return first === last ? [] : stops.slice(1).map((to, i) => ({ from: stops[i]!, to }));
  });
  for (const idle of chunks(boxes.filter(({ key }) => !busy.has(key)))) columns.push(idle);
  return { columns, links };
}

export function laneKey(left: string, right: string, column: number): string {
  return `${left} ${right} ${column}`;
}

function inOrder(
  from: string,
  to: string,
  layers: ReadonlyMap<string, number>,
): readonly [left: string, right: string] {
  return (layers.get(from) ?? 0) <= (layers.get(to) ?? 0) ? [from, to] : [to, from];
}

function boxesOf(nodes: readonly CallNode[]): readonly Box[] {
  const groups = new Map<string, CallNode[]>();
  for (const node of nodes) groups.set(node.group, [...(groups.get(node.group) ?? []), node]);
  return [...groups].map(([key, members]) => ({
    key,
    nodes: members,
    heightPx:
      members.length * (SIZES.nodeHeightPx + SIZES.nodeGapPx) -
      SIZES.nodeGapPx +
      (members.length > 1 ? SIZES.boxTitlePx + SIZES.boxPadPx : 0),
  }));
}

// Workloads that nobody calls and that call nobody fill columns of their own.
function chunks(boxes: readonly Box[]): readonly Box[][] {
  const columns: Box[][] = [];
  let heightPx = Number.POSITIVE_INFINITY;
  for (const box of boxes) {
    if (heightPx + box.heightPx > SIZES.idleColumnPx) {
      columns.push([]);
      heightPx = 0;
    }
    columns.at(-1)!.push(box);
    heightPx += box.heightPx + SIZES.boxGapPx;
  }
  return columns;
}
