// Where on its line each call's label stands: the first place that no earlier label has taken.

import { type Curve, type Point, pointOn } from "./curve.ts";
import { SIZES } from "./sizes.ts";

const PLACES = [0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74];

export function placeLabels(lines: readonly (readonly Curve[])[]): readonly Point[] {
  const taken: Point[] = [];
  for (const curves of lines) {
    // The last stretch is the one that no other call shares.
    const candidates = [...curves]
      .reverse()
      .flatMap((curve) => PLACES.map((t) => pointOn(curve, t)));
    const free = candidates.find((point) => !taken.some((other) => areClose(point, other)));
    taken.push(free ?? candidates[0] ?? { x: 0, y: 0 });
  }
  return taken;
}

function areClose(a: Point, b: Point): boolean {
  return Math.abs(a.x - b.x) < SIZES.labelWidthPx && Math.abs(a.y - b.y) < SIZES.labelHeightPx;
}
