// Hot path.
//
// From decoded fields to the normal form of exchange/heads.ts, checked as RFC 9113 §8.2 and §8.3
// demand. A string says what is wrong: the request is malformed.

import { LENGTH_UNKNOWN, type RequestHead } from "#proxy/exchange/heads.ts";
import { parseContentLength } from "./content-length.ts";
import { type HeaderField, isFieldName } from "./header-field.ts";

type PseudoKind = "method" | "scheme" | "authority" | "path" | "protocol";

export function requestHeadOf(
  fields: readonly HeaderField[],
  endsStream: boolean,
): RequestHead | string {
  const draft = new RequestDraft();
  for (let i = 0; i < fields.length; i++) {
    const fault = draft.add(fields[i]!);
    if (fault !== "") return fault;
  }
  return draft.finish(endsStream);
}

class RequestDraft {
  #method = "";
  #scheme = "";
  #authority: string | undefined;
  #path = "";
  #protocol: string | undefined;
  #host: string | undefined;
  #cookie: string | undefined;
  #contentLength = LENGTH_UNKNOWN;
  readonly #headers: string[] = [];
  #isPastPseudo = false;

  // "" or what is wrong.
  add(field: HeaderField): string {
    const { kind, name, value } = field;
    if (!field.isValid) return "a header name or value has a forbidden character";
    switch (kind) {
      case "method":
      case "scheme":
      case "authority":
      case "path":
      case "protocol":
        return this.#isPastPseudo ? `${name} stands after a header` : this.#pseudo(kind, value);
      case "status":
      case "pseudo-unknown":
        return `${name} doesn't belong into a request`;
    }
    this.#isPastPseudo = true;
    switch (kind) {
      case "connection":
        return `${name} doesn't belong into HTTP/2`;
      case "host":
        if (this.#host !== undefined) return "there is a second host";
        this.#host = value;
        return "";
      case "content-length":
        if (this.#contentLength >= 0) return "there is a second content-length";
        this.#contentLength = parseContentLength(value);
        return this.#contentLength < 0 ? "content-length is no number" : "";
      case "cookie":
        // Browsers send crumbs: RFC 9113 §8.2.3.
        this.#cookie = this.#cookie === undefined ? value : `${this.#cookie}; ${value}`;
        return "";
      case "te":
        if (value !== "trailers") return "te may only be trailers";
        break;
    }
    this.#headers.push(name, value);
    return "";
  }

  #pseudo(kind: PseudoKind, value: string): string {
    switch (kind) {
      case "method":
        if (this.#method !== "") return "there is a second :method";
        this.#method = value;
        return value === "" ? ":method is empty" : "";
      case "scheme":
        if (this.#scheme !== "") return "there is a second :scheme";
        this.#scheme = value;
        return value === "" ? ":scheme is empty" : "";
      case "path":
        if (this.#path !== "") return "there is a second :path";
        this.#path = value;
        return value === "" ? ":path is empty" : "";
      case "authority":
        if (this.#authority !== undefined) return "there is a second :authority";
        this.#authority = value;
        return "";
      case "protocol":
        if (this.#protocol !== undefined) return "there is a second :protocol";
        this.#protocol = value;
        return isToken(value) ? "" : ":protocol is no token";
    }
  }

  finish(endsStream: boolean): RequestHead | string {
    const method = this.#method;
    const scheme = this.#scheme;
    const path = this.#path;
    const upgrade = this.#protocol;
    const isConnect = method === "CONNECT";
    const authority = this.#authority ?? this.#host ?? "";
    if (!isMethod(method)) return ":method is missing or no token";
    if (this.#host !== undefined && this.#host !== authority) return "host isn't :authority";
    if (!isAuthority(authority)) return ":authority has a forbidden character";
    if (isConnect && this.#contentLength >= 0) return "CONNECT has no content-length";
    if (upgrade !== undefined && !isConnect) return ":protocol is only for CONNECT";
    if (isConnect && (this.#authority ?? "") === "") return "CONNECT has no :authority";
    if (isConnect && upgrade === undefined) {
      if (scheme !== "" || path !== "") return "CONNECT has only an :authority";
    } else {
      if (scheme !== "http" && scheme !== "https") return ":scheme is neither http nor https";
      if (!isPath(path) && !(path === "*" && method === "OPTIONS")) return ":path is no path";
    }
    if (endsStream && this.#contentLength > 0) return "there is no body of that content-length";
    if (this.#cookie !== undefined) this.#headers.push("cookie", this.#cookie);
    const head: RequestHead = {
      method,
      scheme: scheme === "https" ? "https" : "http",
      authority,
      path,
      headers: this.#headers,
      contentLength: endsStream && !isConnect ? 0 : this.#contentLength,
    };
    // Extended CONNECT is HTTP/2's way to say GET with an Upgrade: RFC 8441 §4.
    return upgrade === undefined ? head : { ...head, method: "GET", upgrade };
  }
}

function isMethod(method: string): boolean {
  switch (method) {
    case "GET":
    case "POST":
    case "HEAD":
    case "PUT":
    case "DELETE":
    case "PATCH":
    case "OPTIONS":
    case "CONNECT":
      return true;
    default:
      return isToken(method);
  }
}

// A token may have upper case, a header name may not: else they are the same.
function isToken(text: string): boolean {
  return text.charCodeAt(0) !== 0x3a && isFieldName(text.toLowerCase());
}

// Origin form. What isn't visible ASCII could split a request line further on, and a fragment is
// never sent.
function isPath(path: string): boolean {
  if (path.charCodeAt(0) !== 0x2f) return false;
  for (let i = 1; i < path.length; i++) {
    const code = path.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f || code === 0x23) return false;
  }
  return true;
}

// Host and port: no user part, nothing that begins a path, nothing invisible.
function isAuthority(authority: string): boolean {
  for (let i = 0; i < authority.length; i++) {
    const code = authority.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f) return false;
    // # / ? @ \ and the comma, which would make two of it in a Host line.
    if (code === 0x23 || code === 0x2f || code === 0x3f || code === 0x40) return false;
    if (code === 0x5c || code === 0x2c) return false;
  }
  return true;
}
