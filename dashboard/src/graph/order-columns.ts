// Orders the boxes of each column so that calls cross little: each box moves to the mean place of
// its neighbours in the column beside it, a few times left to right and back.

import type { Box, Columns } from "./boxes.ts";

const SWEEPS = 6;

export function orderColumns({ columns, links }: Columns): readonly (readonly Box[])[] {
  const ordered = columns.map((column) => [...column]);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isForward = sweep % 2 === 0;
    const way = isForward ? ordered : [...ordered].reverse();
    way.forEach((column, i) => {
      const beside = way[i - 1];
      if (beside) sortBy(column, placesIn(beside), isForward ? links : links.map(turned));
    });
  }
  return ordered;
}

type Links = Columns["links"];

function turned({ from, to }: Links[number]): Links[number] {
  return { from: to, to: from };
}

function placesIn(column: readonly Box[]): ReadonlyMap<string, number> {
  return new Map(
    column.map((box, i) => [box.key, column.length < 2 ? 0.5 : i / (column.length - 1)]),
  );
}

// Boxes without neighbours there keep to where they are.
function sortBy(column: Box[], places: ReadonlyMap<string, number>, links: Links): void {
  const own = placesIn(column);
  const near = new Map<string, { sum: number; count: number }>();
  for (const { from, to } of links) {
    const place = places.get(from);
    if (place === undefined) continue;
    const known = near.get(to) ?? { sum: 0, count: 0 };
    near.set(to, { sum: known.sum + place, count: known.count + 1 });
  }
  const aims = new Map(
    column.map(({ key }) => {
      const found = near.get(key);
      return [key, found ? found.sum / found.count : (own.get(key) ?? 0)];
    }),
  );
  column.sort((a, b) => aims.get(a.key)! - aims.get(b.key)! || (a.key < b.key ? -1 : 1));
}
