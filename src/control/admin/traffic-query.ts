// A query about traffic, as its schema has checked it.

import type { Party, TrafficQuery } from "#api/edge-row.ts";

export type Texts = Readonly<Record<string, string | undefined>>;

const WINDOW_MS = 60_000;

export function trafficQuery(query: Texts): TrafficQuery {
  const { namespace, name, windowMs } = query;
  return {
    namespace,
    name,
    windowMs: windowMs === undefined ? WINDOW_MS : Number(windowMs),
    source: partyOf(query["source"], query["sourceNamespace"]),
    destination: partyOf(query["destination"], query["destinationNamespace"]),
  };
}

function partyOf(name: string | undefined, namespace: string | undefined): Party | undefined {
  return name === undefined && namespace === undefined ? undefined : { name, namespace };
}
