// A request as those see it who watch: without what would let them act in somebody's name.

import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { TapPeer, TapRequest } from "#snapshot/tap.ts";
import { findHeader } from "./header-edits.ts";

export type TapSeen = {
  readonly head: RequestHead;
  readonly key: SeriesKey; // of the series that counts it
  readonly startedMs: number;
  readonly endpoint: string; // "127.64.0.3:15008"; "" where none was picked
};

export const REDACTED = "<redacted>";
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "x-api-key",
  "x-auth-token",
  "x-csrf-token",
  "x-amz-security-token",
]);
// Their values have queries of their own.
const ADDRESS_HEADERS: ReadonlySet<string> = new Set([
  ...["referer", "location", "content-location", "refresh"],
]);
const SECRET_PARAMETERS: ReadonlySet<string> = new Set([
  "access_token",
  "api_key",
  "auth",
  "jwt",
  "session",
  "x-amz-credential",
  "x-amz-security-token",
  "x-amz-signature",
  "x-goog-signature",
  "apikey",
  "client_secret",
  "code",
  "id_token",
  "key",
  "password",
  "refresh_token",
  "secret",
  "sig",
  "signature",
  "token",
]);

export function tapRequest(seen: TapSeen, stream: number, atMs: number): TapRequest {
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
    path: redactedPath(head.path),
    headers: redactedHeaders(head.headers),
  };
}

// Where applications take any free port, the inbound side knows no port of the service's.
function portOf({ destinationPort }: SeriesKey): string {
  return destinationPort === 0 ? "" : `:${destinationPort}`;
}

export function redactedHeaders(headers: Headers): [name: string, value: string][] {
  const told: [string, string][] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    told.push([name, toldValue(name, headers[i + 1]!)]);
  }
  return told;
}

function toldValue(name: string, value: string): string {
  if (SECRET_HEADERS.has(name)) return REDACTED;
  return ADDRESS_HEADERS.has(name) ? redactedPath(value) : value;
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

function redactedPath(path: string): string {
  const question = path.indexOf("?");
  if (question < 0) return path;
  const parameters = path.slice(question + 1).split("&");
  const told = parameters.map((parameter) => {
    const [name = ""] = parameter.split("=", 1);
    return SECRET_PARAMETERS.has(decoded(name).toLowerCase()) ? `${name}=${REDACTED}` : parameter;
  });
  return `${path.slice(0, question)}?${told.join("&")}`;
}

// A name may be written with escapes, too.
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
