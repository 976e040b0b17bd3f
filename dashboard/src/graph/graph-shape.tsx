// The picture of a call graph without its figures: those come from GraphPainter.

import { shorten } from "#dashboard/text/shorten.ts";
import type { GraphLayout, PlacedEdge, PlacedNode } from "./layout.ts";
import { Lock } from "./lock.tsx";
import { NAME_LENGTH_MAX, nodeFigures } from "./node-figures.ts";
import { SIZES } from "./sizes.ts";

type Props = {
  readonly layout: GraphLayout;
  readonly choose: (key: string | undefined) => void;
  readonly point: (edge: number) => void;
};

const ARROW_PX = 8;

export function GraphShape({ layout, choose, point }: Props) {
  return (
    <>
      {layout.boxes.map(({ key, label, x, y, widthPx, heightPx }) => (
        <g key={key} class="box">
          <rect x={x} y={y} width={widthPx} height={heightPx} rx="10" />
          <text x={x + 10} y={y + 15}>
            {label}
          </text>
        </g>
      ))}
      {layout.edges.map((placed, i) => line(placed, () => point(i)))}
      {layout.edges.map(plate)}
      {layout.nodes.map((placed) => node(placed, choose))}
    </>
  );
}

function line({ edge, path, end, endsLeftward }: PlacedEdge, point: () => void) {
  return (
    <g key={`line ${edge.key}`} class="call edge" onPointerEnter={point}>
      <title />
      <path class="line" d={path} />
      <path class="arrow" d={`M${end.x} ${end.y}l${endsLeftward ? ARROW_PX : -ARROW_PX} -4.5v9z`} />
    </g>
  );
}

function plate({ edge, label }: PlacedEdge) {
  const place = `translate(${label.x.toFixed(1)} ${label.y.toFixed(1)})`;
  return (
    <g key={`plate ${edge.key}`} class="label edge" transform={place}>
      <rect class="halo" y="-8.5" height="17" rx="8.5" />
      <Lock isClosed={true} x={0} y={0} />
      <text y="4" />
    </g>
  );
}

function node({ node: placed, x, y }: PlacedNode, choose: Props["choose"]) {
  const { key, name } = placed;
  const { nodeWidthPx, nodeHeightPx } = SIZES;
  return (
    <a
      key={key}
      class="node"
      href={nodeFigures(placed).href}
      onPointerEnter={() => choose(key)}
      onPointerLeave={() => choose(undefined)}
      onFocus={() => choose(key)}
      onBlur={() => choose(undefined)}
    >
      <title />
      <rect x={x} y={y} width={nodeWidthPx} height={nodeHeightPx} rx="8" />
      <text class="name" x={x + 12} y={y + 19}>
        {shorten(name, NAME_LENGTH_MAX)}
      </text>
      {/* biome-ignore lint/a11y/noAriaHiddenOnFocusable: a text of SVG takes no focus */}
      <text class="state" aria-hidden="true" x={x + nodeWidthPx - 11} y={y + 19} />
      <text class="figures" x={x + 12} y={y + 36} />
    </a>
  );
}
