// A sparkline's line through the last minute, newest at the right. It shows the shape, the figure
// beside it the height: its top is its own greatest value, its bottom the least, but never more
// than BOTTOM_MAX of the top, so that mere noise doesn't look like an upheaval.

export type SparkPoint = { readonly atMs: number; readonly value: number | null };

export type SparkBox = {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly untilMs: number;
  readonly spanMs: number;
};

const PAD_PX = 1.5;
const BOTTOM_MAX = 0.6;

// Gaps where there was nothing to measure break the line.
export function sparkPath(points: readonly SparkPoint[], box: SparkBox): string {
  const values = points.flatMap(({ value }) => value ?? []);
  const greatest = Math.max(0, ...values);
  const least = Math.min(greatest * BOTTOM_MAX, ...values);
  const innerPx = box.heightPx - 2 * PAD_PX;
  let path = "";
  let isDrawing = false;
  for (const { atMs, value } of points) {
    if (value === null) {
      isDrawing = false;
      continue;
    }
    const x = box.widthPx * (1 - (box.untilMs - atMs) / box.spanMs);
    const y = PAD_PX + innerPx * (greatest > 0 ? (greatest - value) / (greatest - least) : 1);
    path += `${isDrawing ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
    isDrawing = true;
  }
  return path;
}
