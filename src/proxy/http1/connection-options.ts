// Hot path.
//
// The Connection header (RFC 9110 §7.6.1): `close`, `keep-alive`, `upgrade`, and names of fields
// that are meant for this hop only, and so are taken out of the head.

import { LIMITS } from "#base/limits.ts";
import { LOWER_TOKEN } from "./char-classes.ts";
import { TokenList } from "./token-list.ts";

// What Connection can't take out, whoever names it. A peer could as well not send these, but a
// peer that is a proxy may add them for us and pass on the Connection of an attacker: naming them
// would then strip identity, trace or origin from a request that has them. The RFC forbids to name
// fields that are meant for all recipients, so no honest peer loses anything.
const END_TO_END_PREFIXES = [
  "weft-",
  "x-forwarded-",
  "x-envoy-",
  "x-b3-",
  "x-istio-",
  "l5d-",
  "sec-",
  "content-",
  "if-",
  "accept",
  "access-control-",
  "grpc-",
] as const;
const END_TO_END_NAMES = [
  "authorization",
  "b3",
  "cache-control",
  "cookie",
  "date",
  "forwarded",
  "idempotency-key",
  "location",
  "origin",
  "proxy-authenticate",
  "proxy-authorization",
  "range",
  "referer",
  "set-cookie",
  "traceparent",
  "tracestate",
  "user-agent",
  "via",
  "www-authenticate",
  "x-real-ip",
  "x-request-id",
] as const;

export class ConnectionOptions {
  closes = false;
  keepsAlive = false;
  upgrades = false;
  #count = 0;
  readonly #named: string[] = [];

  // False if the value is no list of tokens, or a very long one.
  add(value: string): boolean {
    if (value === "keep-alive") this.keepsAlive = true;
    else if (value === "close") this.closes = true;
    else return this.#addList(value.toLowerCase());
    return true;
  }

  // Takes out what was named; as a rule nothing was, and the array stays as it is.
  filter(headers: string[]): string[] {
    const named = this.#named;
    if (named.length === 0) return headers;
    const kept: string[] = [];
    for (let i = 0; i < headers.length; i += 2) {
      if (!named.includes(headers[i]!)) kept.push(headers[i]!, headers[i + 1]!);
    }
    return kept;
  }

  #addList(value: string): boolean {
    const list = new TokenList(value);
    for (let option = list.next(); option !== ""; option = list.next()) {
      if (++this.#count > LIMITS.connectionOptionsMax || !isToken(option)) return false;
      this.#addOption(option);
    }
    return true;
  }

  #addOption(option: string): void {
    if (option === "close") this.closes = true;
    else if (option === "keep-alive") this.keepsAlive = true;
    else if (option === "upgrade") this.upgrades = true;
    else if (!isEndToEnd(option)) this.#named.push(option);
  }
}

function isToken(option: string): boolean {
  for (let i = 0; i < option.length; i++) {
    if (!LOWER_TOKEN[option.charCodeAt(i)]) return false;
  }
  return true;
}

function isEndToEnd(name: string): boolean {
  return (
    (END_TO_END_NAMES as readonly string[]).includes(name) ||
    END_TO_END_PREFIXES.some((prefix) => name.startsWith(prefix))
  );
}
