// Hot path.
//
// The four forms of a request target (RFC 9112 §3.2).

import { isAuthority, isSameAuthority } from "./authority.ts";

export type Target = {
  readonly scheme: "http" | "https";
  readonly authority: string;
  readonly path: string;
};

const SLASH = 0x2f;
const QUESTION_MARK = 0x3f;
const BRACKET_CLOSE = 0x5d;

// `host` is the Host field, "" where HTTP/1.0 has none. The answer is a string that says why not,
// or the target.
export function parseTarget(method: string, target: string, host: string): Target | string {
  if (host !== "" && !isAuthority(host)) return "Host is no host with an optional port";
  if (method === "CONNECT") return parseAuthorityForm(target, host);
  if (target.charCodeAt(0) === SLASH) return { scheme: "http", authority: host, path: target };
  if (target === "*") {
    if (method !== "OPTIONS") return "a target of * is for OPTIONS only";
    return { scheme: "http", authority: host, path: target };
  }
  return parseAbsoluteForm(method, target, host);
}

function parseAuthorityForm(target: string, host: string): Target | string {
  if (!isAuthority(target) || !hasPort(target)) return "CONNECT needs host:port as its target";
  // Some peers leave out the port here, whatever it is.
  const port = target.slice(target.lastIndexOf(":"));
  if (host !== "" && !isSameAuthority(host, target, port)) return HOST_MISMATCH;
  return { scheme: "http", authority: target, path: "" };
}

// RFC 9112 §3.2.2 says that the target wins over a different Host. We refuse: a hop that believes
// Host would route, and somebody else allow, another request than we do.
const HOST_MISMATCH = "Host differs from the target's authority";

function parseAbsoluteForm(method: string, target: string, host: string): Target | string {
  const scheme = schemeOf(target);
  if (scheme === undefined) return "the target is neither a path nor an http URL";
  const from = scheme.length + 3;
  const to = authorityEnd(target, from);
  const authority = target.slice(from, to);
  if (!isAuthority(authority)) return "the target's authority is no host with an optional port";
  const defaultPort = scheme === "https" ? ":443" : ":80";
  if (host !== "" && !isSameAuthority(host, authority, defaultPort)) return HOST_MISMATCH;
  return { scheme, authority, path: pathOf(method, target.slice(to)) };
}

function pathOf(method: string, rest: string): string {
  if (rest === "") return method === "OPTIONS" ? "*" : "/";
  return rest.charCodeAt(0) === QUESTION_MARK ? "/" + rest : rest;
}

function schemeOf(target: string): "http" | "https" | undefined {
  const start = target.slice(0, "https://".length).toLowerCase();
  if (start.startsWith("http://")) return "http";
  return start === "https://" ? "https" : undefined;
}

function authorityEnd(target: string, from: number): number {
  let at = from;
  while (at < target.length) {
    const char = target.charCodeAt(at);
    if (char === SLASH || char === QUESTION_MARK) break;
    at++;
  }
  return at;
}

function hasPort(authority: string): boolean {
  if (authority.charCodeAt(authority.length - 1) === BRACKET_CLOSE) return false;
  return authority.includes(":");
}
