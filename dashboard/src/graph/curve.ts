// A call's line, from the side of one node to the side of another.

export type Point = { readonly x: number; readonly y: number };

// One cubic, as four points.
export type Curve = readonly [Point, Point, Point, Point];

// Leaves and arrives level. `bulge` bends it outward, for calls within a column.
export function levelCurve(from: Point, to: Point, bulge = 0): Curve {
  const reach = bulge || (to.x - from.x) / 2;
  const back = bulge || (from.x - to.x) / 2;
  return [from, { x: from.x + reach, y: from.y }, { x: to.x + back, y: to.y }, to];
}

export function pointOn([a, b, c, d]: Curve, t: number): Point {
  const at = (p: number, q: number, r: number, s: number) =>
    (1 - t) ** 3 * p + 3 * (1 - t) ** 2 * t * q + 3 * (1 - t) * t ** 2 * r + t ** 3 * s;
  return { x: at(a.x, b.x, c.x, d.x), y: at(a.y, b.y, c.y, d.y) };
}

// Curves that don't touch are joined by straight lines: those are the lanes.
export function curvesPath(curves: readonly Curve[]): string {
  return curves
    .map(([a, b, c, d], i) => `${i === 0 ? "M" : "L"}${xy(a)}C${xy(b)} ${xy(c)} ${xy(d)}`)
    .join("");
}

function xy({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
