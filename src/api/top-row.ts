// Which calls come again and again: `weft top`. Made of the sample of requests that proxies record,
// so counts are of that sample: it holds the first 32 of each report of a proxy that went well, and
// as many of the others.

import type { TrafficQuery } from "./edge-row.ts";

export type TopQuery = TrafficQuery;

export type TopRow = {
  readonly source: { readonly namespace: string; readonly workload: string };
  readonly destination: string; // what was dialled: "reviews.bookshop:9080"
  readonly method: string;
  readonly path: string; // without the query
  readonly count: number;
  readonly bestMs: number;
  readonly worstMs: number;
  readonly lastMs: number;
  readonly lastAtMs: number; // wall clock of the proxy
  readonly successRate: number; // 0 to 1
};
