// What every peer is told when it is started.

import type { Children } from "../children.ts";
import type { Certificates } from "./certificates.ts";

// plain: one proxy, HTTP/1, no TLS. pair: two with mTLS between them, applications speak HTTP/1.
// http2: the same, and applications speak HTTP/2.
export type Way = "plain" | "pair" | "http2";

export type PeerSetting = {
  readonly way: Way;
  readonly children: Children;
  readonly folder: string; // of its own
  readonly certificates: Certificates;
  readonly backend: { readonly http1Port: number; readonly http2Port: number };
};

export function backendPort({ way, backend }: PeerSetting): number {
  return way === "http2" ? backend.http2Port : backend.http1Port;
}
