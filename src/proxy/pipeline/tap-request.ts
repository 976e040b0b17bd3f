// A request as those see it who watch: without what would let them act in somebody's name.

import { findHeader } from "#proxy/exchange/find-header.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { TapPeer, TapRequest } from "#snapshot/tap.ts";
import type { TapPolicy } from "./tap-policy.ts";

export type TapSeen = {
  readonly head: RequestHead;
  readonly key: SeriesKey; // of the series that counts it
  readonly startedMs: number;
  readonly endpoint: string; // "127.64.0.3:15008"; "" where none was picked
};

export function tapRequest(
  seen: TapSeen,
  stream: number,
  atMs: number,
  policy: TapPolicy,
): TapRequest {
  const { head, key, endpoint } = seen;
  const isInbound = key.reporter === "destination";
  const { destinationService: service, destinationServiceNamespace: namespace } = key;
  return {
    phase: "request",
    watches: [],
    stream,
    atMs,
    direction: isInbound ? "in" : "out",
    source: sourceOf(seen, isInbound),
    destination: {
      address: endpoint,
      namespace: key.destinationNamespace,
      workload: key.destinationWorkload,
      identity: key.destinationIdentity,
    },
    service: service === "" ? "" : `${service}.${namespace}${portOf(key)}`,
    route: key.route,
    isMutualTls: key.isMutualTls,
    method: head.method,
    scheme: head.scheme,
    authority: head.authority,
    path: policy.path(head.path),
    headers: policy.headers(head.headers),
  };
}

// Where applications take any free port, the inbound side knows no port of the service's.
function portOf({ destinationPort }: SeriesKey): string {
  return destinationPort === 0 ? "" : `:${destinationPort}`;
}

function sourceOf({ head, key }: TapSeen, isInbound: boolean): TapPeer {
  // The inbound side wrote its peer's address last.
  const hops = isInbound ? (findHeader(head.headers, "x-forwarded-for") ?? "") : "";
  return {
    address: hops.slice(hops.lastIndexOf(",") + 1).trim(),
    namespace: key.sourceNamespace,
    workload: key.sourceWorkload,
    identity: key.sourceIdentity,
  };
}
