// Hot path.
//
// One pass over the headers of a request or an answer: takes out what only the mesh may say, and
// notes what the pipeline wants to know.

import type { Headers } from "#proxy/exchange/heads.ts";

// Reused from request to request.
export class Noted {
  requestId = false;
  // A context of either kind, sound or not.
  hasTrace = false;
  forwardedProto = false;
  forwardedFor = "";
  fromBrowser = false;
  proxyAuthorization = "";
  // Believed only from an authenticated weft/1 peer.
  weftPort = "";
  weftSource = "";
  weftMethod = "";
  weftSpoken = "";
  grpcTimeout = "";
  takesTrailers = false;

  clear(): void {
    this.requestId = false;
    this.hasTrace = false;
    this.forwardedProto = false;
    this.forwardedFor = "";
    this.fromBrowser = false;
    this.proxyAuthorization = "";
    this.weftPort = "";
    this.weftSource = "";
    this.weftMethod = "";
    this.weftSpoken = "";
    this.grpcTimeout = "";
    this.takesTrailers = false;
  }
}

const B = 0x62;
const G = 0x67;
const X = 0x78;
const W = 0x77;
const P = 0x70;
const L = 0x6c;
const T = 0x74;
const O = 0x6f;
const S = 0x73;

// A new list without the headers that state identity or routing for a mesh, and without what was
// meant for this proxy.
export function forwardable(headers: Headers, noted: Noted): string[] {
  const kept: string[] = [];
  noted.clear();
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!;
    const value = headers[i + 1]!;
    if (keeps(name, value, noted)) kept.push(name, value);
  }
  return kept;
}

function keeps(name: string, value: string, noted: Noted): boolean {
  switch (name.charCodeAt(0)) {
    case X:
      return keepsX(name, value, noted);
    case W:
      return keepsW(name, value, noted);
    case P:
      if (name !== "proxy-authorization") return true;
      noted.proxyAuthorization = value;
      return false;
    case B:
      if (name === "b3") noted.hasTrace = true;
      return true;
    case G:
      if (name === "grpc-timeout") noted.grpcTimeout = value;
      return true;
    case L:
      // Linkerd's: l5d-client-id, l5d-dst-override and the rest.
      return !name.startsWith("l5d-");
    case T:
      if (name === "traceparent") noted.hasTrace = true;
      else if (name === "te") noted.takesTrailers = true;
      return true;
    case O:
      // A page can't make these requests without them, and an application's code has no reason to.
      if (name === "origin") noted.fromBrowser = true;
      return true;
    case S:
      // Not sec-fetch-mode: Node's own fetch sends that one.
      if (name === "sec-fetch-site" || name === "sec-fetch-dest") noted.fromBrowser = true;
      return true;
    default:
      return true;
  }
}

function keepsX(name: string, value: string, noted: Noted): boolean {
  switch (name) {
    case "x-request-id":
      noted.requestId = true;
      return true;
    case "x-forwarded-proto":
      noted.forwardedProto = true;
      return true;
    case "x-forwarded-for":
      noted.forwardedFor = noted.forwardedFor === "" ? value : `${noted.forwardedFor}, ${value}`;
      return false;
    case "x-forwarded-client-cert":
    case "x-envoy-peer-metadata":
    case "x-envoy-peer-metadata-id":
      return false;
    default:
      if (name.startsWith("x-b3-")) noted.hasTrace = true;
      return true;
  }
}

function keepsW(name: string, value: string, noted: Noted): boolean {
  if (!name.startsWith("weft-")) return true;
  if (name === "weft-port") noted.weftPort = value;
  else if (name === "weft-source") noted.weftSource = value;
  else if (name === "weft-method") noted.weftMethod = value;
  else if (name === "weft-spoken") noted.weftSpoken = value;
  return false;
}

// An answer on its way to an application's caller: the same list where nothing must go. `cause` is
// kept from an authenticated peer of the mesh, since that peer's proxy wrote it.
export function answerHeaders(headers: Headers, keepsCause: boolean): Headers {
  for (let i = 0; i < headers.length; i += 2) {
    if (isMeshHeader(headers[i]!, keepsCause)) return withoutMeshHeaders(headers, keepsCause);
  }
  return headers;
}

function withoutMeshHeaders(headers: Headers, keepsCause: boolean): Headers {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    if (!isMeshHeader(headers[i]!, keepsCause)) kept.push(headers[i]!, headers[i + 1]!);
  }
  return kept;
}

function isMeshHeader(name: string, keepsCause: boolean): boolean {
  const first = name.charCodeAt(0);
  if (first === W) return name.startsWith("weft-") && !(keepsCause && name === "weft-cause");
  return first === L && name.startsWith("l5d-");
}
