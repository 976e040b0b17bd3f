// Writes figures into the picture of a graph. Its shape is drawn by components, once; what changes
// every second is written to its place, where somebody can see it, and only where it says something
// else than before: with two hundred workloads comparing components alone would take longer than a
// frame.

import type { CallGraph } from "./call-graph.ts";
import { edgeFigures, edgeTitle } from "./edge-figures.ts";
import { EdgePart } from "./edge-part.ts";
import type { GraphLayout } from "./layout.ts";
import { nodeFigures } from "./node-figures.ts";
import { NodePart } from "./node-part.ts";

// Beyond the screen: so that what is scrolled to says the truth already.
const MARGIN_PX = 300;

type Placed<Part> = { readonly part: Part; readonly y: number };
type Range = { readonly top: number; readonly bottom: number };

export class GraphPainter {
  readonly #svg: SVGSVGElement;
  readonly #layout: GraphLayout;
  readonly #nodes: ReadonlyMap<string, Placed<NodePart>>;
  readonly #edges: readonly Placed<EdgePart>[];
  readonly #sizes = new ResizeObserver(() => this.#measure());
  readonly #scrolled = () => this.#measure();
  #seen: Range = { top: Number.NEGATIVE_INFINITY, bottom: Number.POSITIVE_INFINITY };
  #graph: CallGraph;
  #chosen: string | undefined;

  // `svg` is drawn already, in the order of `layout`.
  constructor(svg: SVGSVGElement, layout: GraphLayout, graph: CallGraph) {
    this.#svg = svg;
    this.#layout = layout;
    this.#graph = graph;
    const nodes = [...svg.querySelectorAll(".node")];
    const calls = [...svg.querySelectorAll(".call")];
    const plates = [...svg.querySelectorAll(".label")];
    this.#nodes = new Map(
      layout.nodes.map(({ node, y }, i) => [node.key, { part: new NodePart(nodes[i]!), y }]),
    );
    this.#edges = layout.edges.map(({ label }, i) => {
      return { part: new EdgePart(calls[i]!, plates[i]!), y: label.y };
    });
    this.#paint();
    for (const element of [svg, document.body]) this.#sizes.observe(element);
    addEventListener("scroll", this.#scrolled, { passive: true });
  }

  close(): void {
    this.#sizes.disconnect();
    removeEventListener("scroll", this.#scrolled);
  }

  paint(graph: CallGraph): void {
    this.#graph = graph;
    this.#paint();
  }

  // Brings out a workload with its calls; undefined: none.
  choose(key: string | undefined): void {
    this.#chosen = key;
    this.paint(this.#graph);
  }

  // Tells all figures of a call, where the pointer is.
  point(edge: number): void {
    const pointed = this.#graph.edges[edge];
    if (pointed) this.#edges[edge]?.part.tell(edgeTitle(pointed));
  }

  // Which part of it is on the screen, in the picture's own measure. Not with every second: asking
  // would have the browser lay out the page then and there.
  #measure(): void {
    const { top, height } = this.#svg.getBoundingClientRect();
    const scale = this.#layout.heightPx / Math.max(1, height);
    this.#seen = {
      top: (-top - MARGIN_PX) * scale,
      bottom: (innerHeight - top + MARGIN_PX) * scale,
    };
    this.#paint();
  }

  #paint(): void {
    const { top, bottom } = this.#seen;
    const chosen = this.#chosen;
    const near = new Set(chosen === undefined ? [] : [chosen]);
    const { nodes, edges } = this.#graph;
    edges.forEach((edge, i) => {
      const isNear = chosen === undefined || edge.from === chosen || edge.to === chosen;
      if (chosen !== undefined && isNear) near.add(edge.from).add(edge.to);
      const { part, y } = this.#edges[i]!;
      const figures = edgeFigures(edge, y >= top && y <= bottom);
      part.show(figures, !isNear);
    });
    for (const node of nodes) {
      const { part, y } = this.#nodes.get(node.key)!;
      const isDimmed = chosen !== undefined && !near.has(node.key);
      part.dim(isDimmed);
      if (y >= top && y <= bottom) part.show(nodeFigures(node));
    }
  }
}
