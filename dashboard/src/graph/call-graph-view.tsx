// The call graph. Pointing at a workload, or moving to it by keyboard, brings out its calls; pointing
// at a call tells all of its figures.

import { render } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { MeshView } from "#api/mesh-view.ts";
import type { KnownEdge } from "#dashboard/memory/mesh-memory.ts";
import { ScrollRegion } from "#dashboard/parts/scroll-region.tsx";
import { type CallGraph, callGraph } from "./call-graph.ts";
import { GraphPainter } from "./graph-painter.ts";
import { GraphShape } from "./graph-shape.tsx";
import { Legend } from "./legend.tsx";
import { useLayout } from "./use-layout.ts";

type Props = {
  readonly view: Pick<MeshView, "workloads" | "stat">;
  readonly edges: readonly KnownEdge[];
  readonly zoom?: number; // 1: as drawn
  readonly isPast?: boolean; // figures are of another time than now
};

// More can't be read as a picture.
const NODES_MAX = 250;
const PX_PER_REM = 16;

export function CallGraphView({ view, edges, zoom = 1, isPast = false }: Props) {
  const graph = callGraph(view, edges, isPast);
  if (graph.nodes.length === 0) return <p class="empty">No workloads yet.</p>;
  if (graph.nodes.length > NODES_MAX) {
    return <p class="empty">Too many workloads for a picture: the table below has them all.</p>;
  }
  return (
    <>
      <Picture graph={graph} zoom={zoom} />
      <Legend />
    </>
  );
}

// What is in it has a root of its own: it is drawn anew when somebody comes, goes, or calls another,
// and is nothing that the page compares every second.
function Picture({ graph, zoom }: { readonly graph: CallGraph; readonly zoom: number }) {
  const layout = useLayout(graph);
  const svg = useRef<SVGSVGElement>(null);
  const painter = useRef<GraphPainter | undefined>(undefined);
  useLayoutEffect(() => {
    const element = svg.current!;
    const choose = (key: string | undefined) => painter.current?.choose(key);
    const point = (edge: number) => painter.current?.point(edge);
    render(<GraphShape {...{ layout, choose, point }} />, element);
    const made = new GraphPainter(element, layout, graph);
    painter.current = made;
    return () => made.close();
  }, [layout]);
  useLayoutEffect(() => {
    const element = svg.current!;
    return () => render(null, element);
  }, []);
  useLayoutEffect(() => painter.current?.paint(graph));
  return (
    <ScrollRegion label="Call graph">
      <svg
        ref={svg}
        class="graph"
        width={`${(zoom * layout.widthPx) / PX_PER_REM}rem`}
        height={`${(zoom * layout.heightPx) / PX_PER_REM}rem`}
        viewBox={`0 0 ${layout.widthPx} ${layout.heightPx}`}
      />
    </ScrollRegion>
  );
}
