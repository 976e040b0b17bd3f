// What is profiled: the shapes of the budget table that differ in what they make a proxy do.

import { closedLoop, type LoadShape } from "./load-shapes.ts";
import type { Way } from "./peers/peer-setting.ts";

export type ProfileShape = {
  readonly name: string;
  readonly says: string;
  readonly way: Way;
  readonly load: LoadShape;
  readonly telemetry?: string; // as in `weft bench rig`
};

export const PROFILE_SHAPES: readonly ProfileShape[] = [
  {
    name: "plain",
    says: "one proxy, HTTP/1, 64 connections",
    way: "plain",
    load: closedLoop("plain", 64),
  },
  {
    name: "pair",
    says: "a pair with mTLS, HTTP/1, 64 connections",
    way: "pair",
    load: closedLoop("pair", 64),
  },
  {
    name: "unobserved",
    says: "a pair with mTLS, HTTP/1, 64 connections, callers that send no trace, nothing counted",
    way: "pair",
    load: { ...closedLoop("unobserved", 64), isTraced: false },
    telemetry: "off",
  },
  {
    name: "observed",
    says: "a pair with mTLS, HTTP/1, 64 connections, an access log and 1 % tracing",
    way: "pair",
    load: { ...closedLoop("observed", 64), isTraced: false },
    telemetry: "full",
  },
  {
    name: "pair-8",
    says: "a pair with mTLS, HTTP/1, 8 connections",
    way: "pair",
    load: closedLoop("pair-8", 8),
  },
  {
    name: "http2",
    says: "a pair with mTLS, HTTP/2, 4 connections of 16 streams",
    way: "http2",
    load: { ...closedLoop("http2", 4), http: 2, streams: 16 },
  },
  {
    name: "no-keep-alive",
    says: "a pair with mTLS, HTTP/1, a connection for each request, 32 at once",
    way: "pair",
    load: { ...closedLoop("no-keep-alive", 32), keepsAlive: false },
  },
  {
    name: "bodies",
    says: "a pair with mTLS, HTTP/1, answers of 1 MiB, 8 connections",
    way: "pair",
    load: { ...closedLoop("bodies", 8), body: "large" },
  },
];
