// Gives every box its height in its column: level with those it is linked to where there is room.

import type { Box, Columns } from "./boxes.ts";
import { SIZES } from "./sizes.ts";

const SWEEPS = 4;

// Tops of the boxes by key; the highest is at 0.
export function placeColumns(
  columns: readonly (readonly Box[])[],
  links: Columns["links"],
): ReadonlyMap<string, number> {
  const tops = new Map<string, number>();
  const near = neighboursOf(links);
  for (const column of columns) stack(column, tops, () => undefined);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const way = sweep % 2 === 0 ? columns : [...columns].reverse();
    const centers = () => centersOf(columns, tops);
    for (const column of way) {
      const now = centers();
      stack(column, tops, ({ key }) => meanOf(near.get(key) ?? [], now));
    }
  }
  const least = tops.size > 0 ? Math.min(...tops.values()) : 0;
  return new Map([...tops].map(([key, top]) => [key, Math.round(top - least)]));
}

// In order and apart; then the whole column moves to where its boxes wish to be on average.
function stack(
  column: readonly Box[],
  tops: Map<string, number>,
  aimOf: (box: Box) => number | undefined,
): void {
  let bottomPx = Number.NEGATIVE_INFINITY;
  let off = 0;
  let aimed = 0;
  let heightPx = 0;
  for (const box of column) heightPx += box.heightPx + SIZES.boxGapPx;
  let plainPx = -heightPx / 2;
  for (const box of column) {
    const aim = aimOf(box);
    const wished = aim === undefined ? (tops.get(box.key) ?? plainPx) : aim - box.heightPx / 2;
    const top = Math.max(wished, bottomPx);
    if (aim !== undefined) {
      off += wished - top;
      aimed++;
    }
    tops.set(box.key, top);
    bottomPx = top + box.heightPx + SIZES.boxGapPx;
    plainPx += box.heightPx + SIZES.boxGapPx;
  }
  const shift = aimed > 0 ? off / aimed : 0;
  for (const box of column) tops.set(box.key, tops.get(box.key)! + shift);
}

function centersOf(
  columns: readonly (readonly Box[])[],
  tops: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  return new Map(
    columns.flat().map(({ key, heightPx }) => [key, (tops.get(key) ?? 0) + heightPx / 2]),
  );
}

function neighboursOf(links: Columns["links"]): ReadonlyMap<string, readonly string[]> {
  const near = new Map<string, string[]>();
  const add = (key: string, other: string) => {
    const known = near.get(key);
    if (known) known.push(other);
    else near.set(key, [other]);
  };
  for (const { from, to } of links) {
    add(from, to);
    add(to, from);
  }
  return near;
}

function meanOf(keys: readonly string[], centers: ReadonlyMap<string, number>): number | undefined {
  if (keys.length === 0) return undefined;
  return keys.reduce((sum, key) => sum + (centers.get(key) ?? 0), 0) / keys.length;
}
