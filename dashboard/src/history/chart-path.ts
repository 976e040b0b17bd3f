// A line through values over time, as an SVG path; gaps where there was nothing to measure.

import type { Values } from "#api/history.ts";

export type ChartBox = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly most: number; // at the top; 0 is at the bottom
};

export function chartPath(values: Values, { widthPx, heightPx, most }: ChartBox): string {
  const stepPx = values.length > 1 ? widthPx / (values.length - 1) : 0;
  let path = "";
  let isDrawing = false;
  values.forEach((value, i) => {
    if (value === null) {
      isDrawing = false;
      return;
    }
    const y = heightPx * (1 - (most > 0 ? Math.min(1, value / most) : 0));
    path += `${isDrawing ? "L" : "M"}${(i * stepPx).toFixed(1)} ${y.toFixed(1)}`;
    isDrawing = true;
  });
  return path;
}

// The next round number: 1, 2 or 5 times a power of ten.
export function roundUp(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const digit = [1, 2, 5, 10].find((each) => each * power >= value)!;
  return digit * power;
}
