// Hot path.
//
// A request as a route has changed it, and its answer likewise. Only requests come here whose route
// changes anything.

import type { BoundCors, BoundEdits, BoundShape } from "#decision/bound-shape.ts";
import { allowsOrigin } from "#decision/cors.ts";
import { editPath } from "#decision/edit-path.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import type { Headers, RequestHead } from "#proxy/exchange/heads.ts";
import { isPlainTunnel } from "./is-plain-tunnel.ts";

export function shapeRequest(head: RequestHead, shape: BoundShape): RequestHead {
  // A plain tunnel has neither path nor headers that its far end would see.
  if (isPlainTunnel(head)) return head;
  const { request, authority = head.authority, path } = shape;
  const headers = request ? editHeaders(head.headers, request) : head.headers;
  return { ...head, authority, path: path ? editPath(head.path, path) : head.path, headers };
}

// `asked`: the headers of the request as it came.
export function shapeAnswer(headers: Headers, shape: BoundShape, asked: Headers): Headers {
  const { response, cors } = shape;
  const edited = response ? editHeaders(headers, response) : headers;
  return cors ? withPermission(edited, cors, asked) : edited;
}

// What a page of another origin may read, if its origin is one of those that may ask.
export function permission(cors: BoundCors, asked: Headers): string[] {
  const origin = findHeader(asked, "origin");
  if (origin === undefined || !allowsOrigin(cors, origin)) return [];
  const isAny = cors.origins.some(({ kind }) => kind === "present");
  const granted = ["access-control-allow-origin", isAny && !cors.credentials ? "*" : origin];
  if (granted[1] !== "*") granted.push("vary", "origin");
  if (cors.credentials) granted.push("access-control-allow-credentials", "true");
  return granted;
}

function withPermission(headers: Headers, cors: BoundCors, asked: Headers): Headers {
  const granted = permission(cors, asked);
  if (granted.length === 0) return headers;
  // Where everything is exposed, credentials would make "*" a name.
  if (cors.exposed !== "") granted.push("access-control-expose-headers", cors.exposed);
  return editHeaders(headers, { removed: OWN_PERMISSION, added: granted });
}

// The application's own would contradict.
const OWN_PERMISSION = [
  "access-control-allow-origin",
  "access-control-allow-credentials",
  "access-control-expose-headers",
];

function editHeaders(headers: Headers, { removed, added }: BoundEdits): string[] {
  const kept: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    if (!removed.includes(headers[i]!)) kept.push(headers[i]!, headers[i + 1]!);
  }
  for (let i = 0; i < added.length; i++) kept.push(added[i]!);
  return kept;
}
