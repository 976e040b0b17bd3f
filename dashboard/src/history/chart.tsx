// Some figures over time, one beneath the other, read by the crosshair of the pointer.

import { useState } from "preact/hooks";
import type { Values } from "#api/history.ts";
import { chartPath, roundUp } from "./chart-path.ts";

export type ChartLine = {
  readonly name: string; // "p99"
  readonly tone: "accent" | "violet" | "good" | "bad" | "faint";
  readonly values: Values;
};

type Props = {
  readonly title: string;
  readonly at: readonly number[];
  readonly lines: readonly ChartLine[];
  readonly text: (value: number | null) => string;
  readonly most?: number; // the top; else as the values want it
};

const WIDTH_PX = 480;
const HEIGHT_PX = 96;

export function Chart({ title, at, lines, text, most }: Props) {
  const [pointed, point] = useState<number | undefined>(undefined);
  const greatest = Math.max(0, ...lines.flatMap(({ values }) => values.map((value) => value ?? 0)));
  const top = most ?? roundUp(greatest);
  const box = { widthPx: WIDTH_PX, heightPx: HEIGHT_PX, most: top };
  const shown = pointed ?? lastMeasured(lines);
  const move = (event: PointerEvent) => {
    const { left, width } = (event.currentTarget as Element).getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
    point(Math.round(share * (at.length - 1)));
  };
  return (
    <figure class="chart">
      <figcaption>
        <strong>{title}</strong>
        {lines.map(({ name, tone, values }) => (
          <span key={name} class={`reading ${tone}`}>
            {name} {text(values[shown] ?? null)}
          </span>
        ))}
        {pointed !== undefined && <span class="faint">{clockText(at[pointed])}</span>}
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH_PX} ${HEIGHT_PX}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        onPointerMove={move}
        onPointerLeave={() => point(undefined)}
      >
        <line class="base" x1="0" y1={HEIGHT_PX} x2={WIDTH_PX} y2={HEIGHT_PX} />
        <line class="base" x1="0" y1="0.5" x2={WIDTH_PX} y2="0.5" />
        {lines.map(({ name, tone, values }) => (
          <path key={name} class={tone} d={chartPath(values, box)} />
        ))}
        {pointed !== undefined && (
          <line
            class="cross"
            x1={(pointed / Math.max(1, at.length - 1)) * WIDTH_PX}
            x2={(pointed / Math.max(1, at.length - 1)) * WIDTH_PX}
            y1="0"
            y2={HEIGHT_PX}
          />
        )}
      </svg>
      <p class="scale faint" aria-hidden="true">
        <span>{clockText(at[0])}</span>
        <span>top {text(top)}</span>
      </p>
    </figure>
  );
}

function lastMeasured(lines: readonly ChartLine[]): number {
  const lengths = lines.map(({ values }) => values.findLastIndex((value) => value !== null));
  return Math.max(0, ...lengths);
}

const CLOCK = new Intl.DateTimeFormat("en-GB", {
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit" },
});

function clockText(atMs: number | undefined): string {
  return atMs === undefined ? "" : CLOCK.format(atMs);
}
