// The call graph. Pointing at a workload, or moving to it by keyboard, brings out its calls.

import { useState } from "preact/hooks";
import type { MeshView } from "#api/mesh-view.ts";
import type { KnownEdge } from "#dashboard/memory/mesh-memory.ts";
import { ScrollRegion } from "#dashboard/parts/scroll-region.tsx";
import { callGraph } from "./call-graph.ts";
import { GraphEdge } from "./graph-edge.tsx";
import { GraphLabel } from "./graph-label.tsx";
import { GraphNode } from "./graph-node.tsx";
import { layoutGraph, type PlacedEdge } from "./layout.ts";
import { Legend } from "./legend.tsx";

type Props = {
  readonly view: MeshView;
  readonly edges: readonly KnownEdge[];
  readonly zoom?: number; // 1: as drawn
};

// More can't be read as a picture.
const NODES_MAX = 250;
const PX_PER_REM = 16;

export function CallGraphView({ view, edges, zoom = 1 }: Props) {
  const [chosen, choose] = useState<string | undefined>(undefined);
  const graph = callGraph(view, edges);
  if (graph.nodes.length === 0) return <p class="empty">No workloads yet.</p>;
  if (graph.nodes.length > NODES_MAX) {
    return <p class="empty">Too many workloads for a picture: the table below has them all.</p>;
  }
  const layout = layoutGraph(graph);
  const near = nearTo(chosen, graph.edges);
  const isApart = ({ edge }: PlacedEdge) =>
    chosen !== undefined && edge.from !== chosen && edge.to !== chosen;
  return (
    <>
      <ScrollRegion label="Call graph">
        {/* biome-ignore lint/a11y/noSvgWithoutTitle: the region has a name; a title pops up */}
        <svg
          class="graph"
          width={`${(zoom * layout.widthPx) / PX_PER_REM}rem`}
          height={`${(zoom * layout.heightPx) / PX_PER_REM}rem`}
          viewBox={`0 0 ${layout.widthPx} ${layout.heightPx}`}
        >
          {layout.boxes.map(({ key, label, x, y, widthPx, heightPx }) => (
            <g key={key} class="box">
              <rect x={x} y={y} width={widthPx} height={heightPx} rx="10" />
              <text x={x + 10} y={y + 15}>
                {label}
              </text>
            </g>
          ))}
          {layout.edges.map((placed) => (
            <GraphEdge key={placed.edge.key} placed={placed} isDimmed={isApart(placed)} />
          ))}
          {layout.edges.map((placed) => (
            <GraphLabel key={placed.edge.key} placed={placed} isDimmed={isApart(placed)} />
          ))}
          {layout.nodes.map((placed) => (
            <GraphNode
              key={placed.node.key}
              placed={placed}
              isDimmed={near !== undefined && !near.has(placed.node.key)}
              choose={choose}
            />
          ))}
        </svg>
      </ScrollRegion>
      <Legend />
    </>
  );
}

type Ends = { readonly from: string; readonly to: string };

// Undefined where nothing is chosen.
function nearTo(
  chosen: string | undefined,
  edges: readonly Ends[],
): ReadonlySet<string> | undefined {
  if (chosen === undefined) return undefined;
  const touching = edges.filter(({ from, to }) => from === chosen || to === chosen);
  return new Set([chosen, ...touching.flatMap(({ from, to }) => [from, to])]);
}
