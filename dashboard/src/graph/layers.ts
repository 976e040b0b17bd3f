// Which layer each key stands in: callers before the called, as far right as the longest way to
// them. Calls that close a circle are left out of account; which ones is settled by the order of
// the keys, so that the same mesh always gives the same picture.

export type Link = { readonly from: string; readonly to: string };

export function layersOf(
  keys: readonly string[],
  links: readonly Link[],
): ReadonlyMap<string, number> {
  const sorted = [...keys].sort();
  const ahead = withoutCircles(sorted, calledBy(links));
  const layers = new Map(sorted.map((key) => [key, 0]));
  // In topological order each key is final when its turn comes.
  for (const key of ahead.order) {
    for (const to of ahead.targets.get(key) ?? []) {
      layers.set(to, Math.max(layers.get(to) ?? 0, (layers.get(key) ?? 0) + 1));
    }
  }
  return layers;
}

type Targets = ReadonlyMap<string, readonly string[]>;

function calledBy(links: readonly Link[]): Targets {
  const targets = new Map<string, Set<string>>();
  const called = new Set<string>();
  for (const { from, to } of links) {
    if (from === to) continue;
    const of = targets.get(from) ?? new Set();
    targets.set(from, of.add(to));
    called.add(to);
  }
  // Whoever nobody calls comes first, so that a circle is cut behind the way in to it.
  const callers = [...targets.keys()].sort(
    (a, b) => Number(called.has(a)) - Number(called.has(b)) || (a < b ? -1 : 1),
  );
  return new Map(callers.map((key) => [key, [...(targets.get(key) ?? [])].sort()]));
}

// Depth first, on a stack of our own: a chain of calls may be long.
function withoutCircles(
  keys: readonly string[],
  targets: Targets,
): { readonly order: readonly string[]; readonly targets: Targets } {
  const kept = new Map<string, string[]>();
  const state = new Map<string, "open" | "done">();
  const finished: string[] = [];
  for (const root of [...targets.keys(), ...keys]) {
    if (state.has(root)) continue;
    const path = [{ key: root, next: 0 }];
    state.set(root, "open");
    for (let top = path.at(-1); top; top = path.at(-1)) {
      const to = targets.get(top.key)?.[top.next++];
      if (to === undefined) {
        state.set(top.key, "done");
        finished.push(top.key);
        path.pop();
      } else if (state.get(to) !== "open") {
        kept.set(top.key, [...(kept.get(top.key) ?? []), to]);
        if (state.has(to)) continue;
        state.set(to, "open");
        path.push({ key: to, next: 0 });
      }
    }
  }
  return { order: finished.reverse(), targets: kept };
}
