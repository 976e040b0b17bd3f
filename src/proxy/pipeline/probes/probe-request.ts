// What the kubelet would have sent to an application (core/v1 HTTPGetAction, GRPCAction).

import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { HttpGetAction } from "#snapshot/pod-settings.ts";
import { HEALTH_PATH } from "./grpc-health.ts";

const TOKEN = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;
const UNWRITABLE = /[^\x21-\x7e]+/gu;
// The codec's own.
const OF_ONE_HOP = new Set([
  ...["connection", "content-length", "host", "keep-alive", "proxy-connection", "te", "trailer"],
  ...["transfer-encoding", "upgrade"],
]);

// `authority`: where the kubelet would have gone, "10.0.0.7:8080". A string: what can't be sent.
export function httpProbe(
  { path = "", httpHeaders = [], scheme }: HttpGetAction,
  authority: string,
  userAgent: string,
): RequestHead | string {
  const headers = new Map<string, string[]>([
    ["user-agent", [userAgent]],
    ["accept", ["*/*"]],
  ]);
  let host = authority;
  const seen = new Set<string>();
  for (const { name, value } of httpHeaders) {
    const key = name.toLowerCase();
    if (!TOKEN.test(key) || !VALUE.test(value)) return `header ${JSON.stringify(name)} is none`;
    if (key === "host") host = value;
    if (OF_ONE_HOP.has(key)) continue;
    headers.set(key, seen.has(key) ? [...headers.get(key)!, value] : [value]);
    seen.add(key);
  }
  return {
    method: "GET",
    scheme: scheme?.toUpperCase() === "HTTPS" ? "https" : "http",
    authority: host,
    path: targetOf(path),
    // An empty one is how to leave it out.
    headers: [...headers].flatMap(([name, values]) =>
      values.flatMap((value) => (value === "" ? [] : [name, value])),
    ),
    contentLength: 0,
  };
}

export function grpcProbe(authority: string, userAgent: string, bodyBytes: number): RequestHead {
  return {
    ...{ method: "POST", scheme: "http", authority, path: HEALTH_PATH },
    headers: ["content-type", "application/grpc", "te", "trailers", "user-agent", userAgent],
    contentLength: bodyBytes,
  };
}

function targetOf(path: string): string {
  const [target = ""] = path.split("#");
  const whole = target.startsWith("/") ? target : `/${target}`;
  return whole.replaceAll(UNWRITABLE, (text) => encodeURIComponent(text.toWellFormed()));
}
