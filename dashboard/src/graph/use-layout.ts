// The layout of a graph, made anew only when who is there or who calls whom has changed.

import { useRef } from "preact/hooks";
import type { CallGraph } from "./call-graph.ts";
import { type GraphLayout, layoutGraph } from "./layout.ts";

type Made = { readonly graph: CallGraph; readonly layout: GraphLayout };

// What it says of nodes and edges beside their places may be old.
export function useLayout(graph: CallGraph): GraphLayout {
  const made = useRef<Made | undefined>(undefined);
  if (!made.current || !haveSameShape(made.current.graph, graph)) {
    made.current = { graph, layout: layoutGraph(graph) };
  }
  return made.current.layout;
}

export function haveSameShape(a: CallGraph, b: CallGraph): boolean {
  if (a.nodes.length !== b.nodes.length || a.edges.length !== b.edges.length) return false;
  const areNodes = a.nodes.every((node, i) => {
    const other = b.nodes[i]!;
    return node.key === other.key && node.group === other.group && node.label === other.label;
  });
  return areNodes && a.edges.every(({ key }, i) => key === b.edges[i]!.key);
}
