// What each rule of each route did, by backend: `weft routes`.

import type { TrafficQuery } from "./edge-row.ts";
import type { GoldenMetrics } from "./golden-metrics.ts";

export type RouteQuery = TrafficQuery;

export type RouteRow = GoldenMetrics & {
  readonly service: { readonly namespace: string; readonly name: string; readonly port: number };
  readonly route: string; // "HTTPRoute bookshop/reviews", or "default"
  readonly rule: number;
  readonly backend: string; // subset or service: "v2"; "" where none was chosen
  // Of the requests that this rule took, as measured; 0 to 1, null without any.
  readonly share: number | null;
};
