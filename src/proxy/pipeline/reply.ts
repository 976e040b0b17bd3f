// Hot path.
//
// The answers that the proxy makes because a document says so: redirects, texts, and to browsers
// what pages of other origins may do. The mesh refuses nothing by them, so they carry no cause.

import type { BoundCors, BoundReply } from "#decision/bound-shape.ts";
import { redirectLocation } from "#decision/redirect-location.ts";
import type { DownstreamStream } from "#proxy/exchange/exchange.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import { permission, shapeAnswer } from "./shape-request.ts";
import { withRequestId } from "./with-request-id.ts";

const NO_BODY = new Uint8Array(0);

// `isNamed`: with the request's id.
export function reply(
  stream: DownstreamStream,
  request: RequestHead,
  bound: BoundReply,
  isNamed = false,
): void {
  const { status } = bound;
  const body = bound.kind === "direct" ? bound.body : NO_BODY;
  const own = headersOf(bound, request);
  const headers = isNamed ? withRequestId(own, request.headers) : own;
  stream.respond({ status, headers, contentLength: body.length });
  if (body.length > 0 && mayHaveBody(request, status)) stream.write(body);
  stream.end();
}

function headersOf(bound: BoundReply, request: RequestHead): Headers {
  if (bound.kind === "preflight") return permissions(bound.cors, request.headers);
  const headers = ownHeaders(bound, request);
  return bound.shape ? shapeAnswer(headers, bound.shape, request.headers) : headers;
}

function ownHeaders(bound: Exclude<BoundReply, { kind: "preflight" }>, request: RequestHead) {
  if (bound.kind === "redirect") return ["location", redirectLocation(bound, request)];
  return bound.contentType === "" ? [] : ["content-type", bound.contentType];
}

function permissions(cors: BoundCors, asked: Headers): Headers {
  const granted = permission(cors, asked);
  if (granted.length === 0) return granted;
  const wanted = ["access-control-request-method", "access-control-request-headers"];
  const methods = listed(cors.methods, cors, findHeader(asked, wanted[0]!));
  const headers = listed(cors.headers, cors, findHeader(asked, wanted[1]!));
  if (methods !== "") granted.push("access-control-allow-methods", methods);
  if (headers !== "") granted.push("access-control-allow-headers", headers);
  if (cors.maxAge !== "") granted.push("access-control-max-age", cors.maxAge);
  return granted;
}

// With credentials "*" would be a name like any other: what is asked for stands for it.
function listed(names: string, { credentials }: BoundCors, wanted: string | undefined): string {
  return names === "*" && credentials ? (wanted ?? "") : names;
}

function mayHaveBody({ method }: RequestHead, status: number): boolean {
  return method !== "HEAD" && status !== 204 && status !== 304;
}
