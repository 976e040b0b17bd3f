// Views as events of the stream; see #api/view-event.ts. A listener that has had every event so far
// gets what is new; any other one gets the whole.

import type { EdgeRow } from "#api/edge-row.ts";
import type { MeshView } from "#api/mesh-view.ts";
import type { RouteRow } from "#api/route-row.ts";
import type { StatRow } from "#api/stat-row.ts";
import {
  type FigureTable,
  VIEW_FIGURES,
  VIEW_SELDOM,
  type ViewEvent,
  type ViewSeldom,
} from "#api/view-event.ts";
import { LIMITS } from "#base/limits.ts";

export class ViewEncoder {
  // What changes seldom, as it was told last.
  readonly #told = new Map<string, string>();
  #stat = new Heads<StatRow>(VIEW_FIGURES.stat, statKey);
  #edges = new Heads<EdgeRow>(VIEW_FIGURES.edges, edgeKey);
  #routes = new Heads<RouteRow>(VIEW_FIGURES.routes, routeKey);
  #isFirst = true;

  // To those who have had all events before.
  next(view: MeshView): ViewEvent {
    const { atMs, windowMs, status } = view;
    const tables = [this.#stat, this.#edges, this.#routes];
    // Who is gone keeps a number: they are given out anew before there are too many.
    const isWhole = this.#isFirst || tables.some(({ isFull }) => isFull);
    if (isWhole) for (const table of tables) table.clear();
    this.#isFirst = false;
    return {
      ...{ atMs, windowMs, isWhole, status, ...this.#news(view, isWhole) },
      stat: this.#stat.table(view.stat),
      edges: this.#edges.table(view.edges),
      routes: this.#routes.table(view.routes),
    };
  }

  // The same view, to everybody else. Only after `next`.
  whole(view: MeshView, { stat, edges, routes, ...rest }: ViewEvent): ViewEvent {
    return {
      ...{ ...rest, isWhole: true, ...partsOf(view, VIEW_SELDOM) },
      stat: { ...stat, heads: this.#stat.all },
      edges: { ...edges, heads: this.#edges.all },
      routes: { ...routes, heads: this.#routes.all },
    };
  }

  #news(view: MeshView, isWhole: boolean): Partial<ViewSeldom> {
    const news = VIEW_SELDOM.filter((name) => {
      const text = JSON.stringify(view[name]);
      const isNew = isWhole || this.#told.get(name) !== text;
      this.#told.set(name, text);
      return isNew;
    });
    return partsOf(view, news);
  }
}

function partsOf(view: MeshView, names: readonly (keyof ViewSeldom)[]): Partial<ViewSeldom> {
  return Object.fromEntries(names.map((name) => [name, view[name]]));
}

// The numbers of one table's heads.
class Heads<Row extends object> {
  readonly #names: readonly (keyof Row)[];
  readonly #keyOf: (row: Row) => string;
  readonly #numbers = new Map<string, number>();
  #all: Partial<Row>[] = [];

  constructor(names: readonly (keyof Row)[], keyOf: (row: Row) => string) {
    this.#names = names;
    this.#keyOf = keyOf;
  }

  get isFull(): boolean {
    return this.#all.length > LIMITS.adminViewHeadsMax;
  }

  get all(): readonly Partial<Row>[] {
    return this.#all;
  }

  clear(): void {
    this.#numbers.clear();
    this.#all = [];
  }

  table(rows: readonly Row[]): FigureTable<Row> {
    const heads: Partial<Row>[] = [];
    const figures: (number | null)[] = [];
    for (const row of rows) {
      const key = this.#keyOf(row);
      let number = this.#numbers.get(key);
      if (number === undefined) {
        number = this.#all.length;
        this.#numbers.set(key, number);
        const head: Partial<Row> = { ...row };
        for (const name of this.#names) delete head[name];
        this.#all.push(head);
        heads.push(head);
      }
      figures.push(number);
      for (const name of this.#names) figures.push(rounded(row[name] as number | null));
    }
    return { heads, figures };
  }
}

// To a thousandth, and shares to a millionth: nobody sees more, and digits are most of the bytes.
function rounded(value: number | null): number | null {
  if (value === null) return null;
  const scale = value <= 1 ? 1e6 : 1e3;
  return Math.round(value * scale) / scale;
}

function statKey({ namespace, name }: StatRow): string {
  return `${namespace}/${name}`;
}

function edgeKey({ source, destination, isSecured }: EdgeRow): string {
  const from = `${source.namespace}\n${source.workload}\n${source.identity}`;
  const to = `${destination.namespace}\n${destination.workload}\n${destination.identity}`;
  return `${from}\n${to}\n${isSecured}`;
}

function routeKey({ service, route, rule, backend }: RouteRow): string {
  const of = `${service.namespace}\n${service.name}\n${service.port}`;
  return `${of}\n${route}\n${rule}\n${backend}`;
}
