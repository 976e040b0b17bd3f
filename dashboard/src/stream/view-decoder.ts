// Events of the stream as views; see #api/view-event.ts.

import type { MeshView } from "#api/mesh-view.ts";
import {
  type FigureTable,
  VIEW_FIGURES,
  type ViewEvent,
  type ViewSeldom,
} from "#api/view-event.ts";

export class ViewDecoder {
  #seldom: ViewSeldom = { workloads: [], diagnostics: [], checks: [], changes: [], unmeshed: [] };
  readonly #stat = new Rows<MeshView["stat"][number]>(VIEW_FIGURES.stat);
  readonly #edges = new Rows<MeshView["edges"][number]>(VIEW_FIGURES.edges);
  readonly #routes = new Rows<MeshView["routes"][number]>(VIEW_FIGURES.routes);

  // A connection begins with the whole.
  decode(event: ViewEvent): MeshView {
    const { atMs, windowMs, isWhole, status, stat, edges, routes, ...news } = event;
    this.#seldom = { ...this.#seldom, ...news };
    return {
      ...{ atMs, windowMs, status, ...this.#seldom },
      stat: this.#stat.read(stat, isWhole),
      edges: this.#edges.read(edges, isWhole),
      routes: this.#routes.read(routes, isWhole),
    };
  }
}

class Rows<Row extends object> {
  readonly #names: readonly (keyof Row)[];
  #heads: object[] = [];

  constructor(names: readonly (keyof Row)[]) {
    this.#names = names;
  }

  read({ heads, figures }: FigureTable<Row>, isWhole: boolean): readonly Row[] {
    if (isWhole) this.#heads = [];
    this.#heads.push(...heads);
    const rows: Row[] = [];
    const names = this.#names;
    for (let at = 0; at < figures.length; at += names.length + 1) {
      const row = { ...this.#heads[figures[at]!] } as Record<keyof Row, unknown>;
      for (let i = 0; i < names.length; i++) row[names[i]!] = figures[at + 1 + i];
      rows.push(row as Row);
    }
    return rows;
  }
}
