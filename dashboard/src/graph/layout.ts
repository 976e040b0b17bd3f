// The call graph as a picture: columns from the first caller to the last called. Depends on names
// and calls only, never on figures, so nothing moves while traffic does.

import { type Box, boxColumns } from "./boxes.ts";
import type { CallEdge, CallGraph, CallNode } from "./call-graph.ts";
import type { Point } from "./curve.ts";
import { orderColumns } from "./order-columns.ts";
import { placeColumns } from "./place-columns.ts";
import { type Line, routeCalls } from "./route-calls.ts";
import { SIZES } from "./sizes.ts";

export type PlacedNode = Point & { readonly node: CallNode; readonly column: number };

export type PlacedBox = Point & {
  readonly key: string;
  readonly label: string;
  readonly widthPx: number;
  readonly heightPx: number;
};

export type PlacedEdge = Line & { readonly edge: CallEdge };

export type GraphLayout = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly nodes: readonly PlacedNode[];
  readonly boxes: readonly PlacedBox[]; // around several versions only
  readonly edges: readonly PlacedEdge[];
};

const COLUMN_WIDTH_PX = SIZES.nodeWidthPx + 2 * SIZES.boxPadPx;

export function layoutGraph(graph: CallGraph): GraphLayout {
  const boxed = boxColumns(graph);
  const columns = orderColumns(boxed);
  const tops = placeColumns(columns, boxed.links);
  const placed = columns.flatMap((column, i) =>
    column.map((box) => ({
      box,
      column: i,
      x: SIZES.marginPx + i * (COLUMN_WIDTH_PX + SIZES.columnGapPx),
      y: SIZES.marginPx + (tops.get(box.key) ?? 0),
    })),
  );
  const nodes = placed.flatMap(({ box, column, x, y }) => nodesIn(box, column, { x, y }));
  const lanes = new Map(
    placed.flatMap(({ box, x, y }) =>
      box.nodes.length === 0 ? [[box.key, { x, y: y + box.heightPx / 2 }] as const] : [],
    ),
  );
  const lines = routeCalls(graph.edges, nodes, lanes);
  const bottomPx = Math.max(0, ...placed.map(({ box, y }) => y + box.heightPx));
  const { columnGapPx, marginPx } = SIZES;
  return {
    widthPx: columns.length * (COLUMN_WIDTH_PX + columnGapPx) - columnGapPx + 2 * marginPx,
    heightPx: bottomPx + marginPx,
    nodes,
    boxes: placed.flatMap(({ box, x, y }) =>
      box.nodes.length < 2
        ? []
        : [{ key: box.key, label: box.nodes[0]!.label, x, y, ...sizeOf(box) }],
    ),
    edges: graph.edges.map((edge, i) => ({ edge, ...lines[i]! })),
  };
}

function sizeOf(box: Box): { readonly widthPx: number; readonly heightPx: number } {
  return { widthPx: COLUMN_WIDTH_PX, heightPx: box.heightPx };
}

function nodesIn(box: Box, column: number, corner: Point): readonly PlacedNode[] {
  const titlePx = box.nodes.length > 1 ? SIZES.boxTitlePx : 0;
  return box.nodes.map((node, i) => ({
    node,
    column,
    x: corner.x + SIZES.boxPadPx,
    y: corner.y + titlePx + i * (SIZES.nodeHeightPx + SIZES.nodeGapPx),
  }));
}
