// Hot path.
//
// Where a redirect leads: what it doesn't change is that of the request.

import type { BoundRedirect } from "./bound-shape.ts";
import type { DecisionRequest } from "./decision.ts";
import { editPath } from "./edit-path.ts";
import { nameLengthOf } from "./match-authority.ts";

export function redirectLocation(redirect: BoundRedirect, request: DecisionRequest): string {
  const asked = request.scheme ?? "http";
  const scheme = redirect.scheme ?? asked;
  const path = redirect.path ? editPath(request.path, redirect.path) : request.path;
  return `${scheme}://${authorityOf(redirect, request, asked, scheme)}${path}`;
}

function authorityOf(
  { authority, port }: BoundRedirect,
  request: DecisionRequest,
  asked: string,
  scheme: string,
): string {
  if (port === "authority" && authority !== undefined) return authority;
  const name = authority ?? nameIn(request.authority);
  if (typeof port === "number") return port === usualPort(scheme) ? name : `${name}:${port}`;
  if (port === "scheme") return name;
  const own = portIn(request.authority);
  // Neither the usual port of the scheme that it was, nor of the one that it becomes.
  if (own === "" || Number(own) === usualPort(scheme)) return name;
  return scheme !== asked && Number(own) === usualPort(asked) ? name : `${name}:${own}`;
}

function nameIn(authority: string): string {
  return authority.slice(0, nameLengthOf(authority));
}

function portIn(authority: string): string {
  const length = nameLengthOf(authority);
  return authority.charCodeAt(length) === 0x3a ? authority.slice(length + 1) : "";
}

function usualPort(scheme: string): number {
  return scheme === "https" ? 443 : 80;
}
