// What a rig is asked to be.

export const RIG_SHAPES = ["plain", "pair"] as const;
export const RIG_PROTOCOLS = ["http1", "http2", "tcp"] as const;
// "metrics" is what proxies do unless told more; "counts" is less, see ProxySettings. "access-log"
// writes a line for every request besides, "tracing" traces 1 %, "full" does both, "full-twice" has
// a line by each side of a request. "unkept" is "full" without requests kept for `weft explain`.
export const RIG_TELEMETRY = [
  "off",
  "counts",
  "metrics",
  "access-log",
  "tracing",
  "full",
  "full-twice",
  "unkept",
] as const;

export type RigProtocol = (typeof RIG_PROTOCOLS)[number];

export type RigAddress = { readonly address: string; readonly port: number };

export type RigOptions = {
  // plain: one proxy, no TLS. pair: an outbound and an inbound proxy, mTLS between them.
  readonly shape: (typeof RIG_SHAPES)[number];
  readonly listen: RigAddress;
  readonly backend: RigAddress;
  readonly backendProtocol: RigProtocol;
  readonly config: string | undefined; // a folder of documents besides the rig's own
  readonly telemetry: (typeof RIG_TELEMETRY)[number];
};

// What is printed when it takes requests.
export type RigReady = {
  readonly listen: string; // "127.0.0.1:18080"
  readonly pids: Readonly<Record<string, number>>; // by role: proxy, or outbound and inbound
  readonly metrics: Readonly<Record<string, string>>;
};
