// redirect and directResponse of a VirtualService's rule: what it answers by itself.

import { LIMITS } from "#base/limits.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { PathEdit } from "#ir/request-shape.ts";
import {
  AUTHORITY_EXPECTED,
  isAuthority,
  isPath,
  isPathWithQuery,
  PATH_EXPECTED as PREFIX_EXPECTED,
} from "#ir/request-text.ts";
import type { RouteMatch } from "#ir/route.ts";
import type { DirectResponse, Redirect, RouteReply } from "#ir/route-reply.ts";

const REDIRECTS = [301, 302, 303, 307, 308];
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const PATH_EXPECTED = 'a path that begins with "/", with or without a query, without spaces';

// Undefined where there is none, or none that can be read.
export function readReply(
  rule: FieldReader,
  matches: readonly RouteMatch[],
): RouteReply | undefined {
  const redirect = rule.object("redirect");
  const direct = rule.object("directResponse");
  if (redirect && direct) rule.invalid("directResponse", "absent beside redirect");
  const answer = direct && readDirect(direct);
  return redirect ? readRedirect(redirect, matches) : answer;
}

function readRedirect(reader: FieldReader, matches: readonly RouteMatch[]): Redirect | undefined {
  const path = readPath(reader, matches);
  const authority = reader.text("authority");
  if (authority !== undefined && !isAuthority(authority)) {
    reader.invalid("authority", AUTHORITY_EXPECTED);
  }
  const scheme = reader.choice("scheme", ["http", "https"]);
  const port = readPort(reader, authority);
  const status = reader.integer("redirectCode", 300, 399) ?? 301;
  if (!REDIRECTS.includes(status)) reader.invalid("redirectCode", `one of ${REDIRECTS.join(", ")}`);
  if (!reader.finish()) return undefined;
  return {
    ...{ kind: "redirect", status, port },
    ...(scheme === undefined ? {} : { scheme }),
    ...(authority === undefined ? {} : { authority }),
    ...(path ? { path } : {}),
  };
}

function readPath(reader: FieldReader, matches: readonly RouteMatch[]): PathEdit | undefined {
  const uri = reader.text("uri");
  if (uri !== undefined && !isPathWithQuery(uri)) reader.invalid("uri", PATH_EXPECTED);
  const prefix = reader.text("prefixRewrite");
  if (prefix === undefined) return uri === undefined ? undefined : { kind: "full", value: uri };
  if (uri !== undefined) reader.invalid("prefixRewrite", "absent beside uri");
  if (!isPath(prefix)) reader.invalid("prefixRewrite", PREFIX_EXPECTED);
  if (matches.length === 0 || matches.some(({ path }) => path?.kind !== "prefix")) {
    const remedy = "Let every match of the rule have a uri with prefix.";
    reader.invalid("prefixRewrite", "absent without a prefix to replace", remedy);
  }
  return { kind: "matched", value: prefix };
}

function readPort(reader: FieldReader, authority: string | undefined): Redirect["port"] {
  const port = reader.integer("port", 1, 65_535);
  const derived = reader.choice("derivePort", ["FROM_PROTOCOL_DEFAULT", "FROM_REQUEST_PORT"]);
  if (port !== undefined && derived !== undefined)
    reader.invalid("derivePort", "absent beside port");
  if (port !== undefined) return port;
  if (derived === "FROM_PROTOCOL_DEFAULT") return "scheme";
  if (derived === "FROM_REQUEST_PORT" || authority === undefined) return "request";
  return "authority";
}

function readDirect(reader: FieldReader): DirectResponse | undefined {
  reader.require("status", "a status from 200 to 599");
  const status = reader.integer("status", 200, 599) ?? 500;
  const body = reader.object("body");
  const text = body?.text("string");
  const bytes = body?.text("bytes");
  if (body && (text === undefined) === (bytes === undefined)) {
    body.require("string", "either string or bytes");
    if (text !== undefined) body.invalid("bytes", "absent beside string");
  }
  if (bytes !== undefined && !BASE64.test(bytes)) body!.invalid("bytes", "base64");
  const content = text === undefined ? Buffer.from(bytes ?? "", "base64") : Buffer.from(text);
  if (content.length > LIMITS.replyBodyBytesMax) {
    body!.invalid(
      text === undefined ? "bytes" : "string",
      `at most ${LIMITS.replyBodyBytesMax} bytes`,
    );
  }
  if (!reader.finish()) return undefined;
  const contentType = content.length === 0 ? "" : "text/plain";
  return { kind: "direct", status, bodyBase64: content.toString("base64"), contentType };
}
