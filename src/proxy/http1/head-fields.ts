// Hot path.
//
// The fields of one head in their normal form (see exchange/heads.ts): what belongs to this hop is
// taken out and understood, everything else lies flat in `headers`.

import { ConnectionOptions } from "./connection-options.ts";
import { parseContentLength } from "./content-length.ts";
import type { Fault } from "./fault.ts";
import type { HopName } from "./field-names.ts";
import { TokenList } from "./token-list.ts";
import { upgradeProtocol } from "./upgrade-protocol.ts";

export class HeadFields {
  headers: string[] = [];
  host: string | undefined = undefined;
  expect: string | undefined = undefined;
  contentLength = -1;
  isChunked = false;
  acceptsTrailers = false;
  hasHopFields = false;
  #upgrade = "";
  fault: Fault | undefined = undefined;
  #connection: ConnectionOptions | undefined = undefined;

  get closes(): boolean {
    return this.#connection?.closes ?? false;
  }

  get keepsAlive(): boolean {
    return this.#connection?.keepsAlive ?? false;
  }

  // What the sender would like to speak from here on (in an answer: speaks), "" for nothing else.
  get upgrade(): string {
    return this.#connection?.upgrades ? upgradeProtocol(this.#upgrade) : "";
  }

  refuse(kind: Fault["kind"], detail: string): this {
    // Malformed says more than a coding that we don't know.
    if (this.fault?.kind !== "malformed") this.fault = { kind, detail };
    return this;
  }

  addHop(name: HopName, value: string): void {
    this.hasHopFields = true;
    switch (name) {
      case "host":
        if (this.host !== undefined) this.refuse("malformed", "several Host fields");
        this.host = value;
        return;
      case "content-length":
        return this.#addContentLength(value);
      case "transfer-encoding":
        return this.#addTransferEncoding(value);
      case "connection":
        this.#connection ??= new ConnectionOptions();
        if (!this.#connection.add(value)) {
          this.refuse("malformed", "Connection is not a short list of names");
        }
        return;
      case "te":
        this.acceptsTrailers ||= includesTrailers(value);
        return;
      case "expect":
        if (this.expect !== undefined) this.refuse("malformed", "several Expect fields");
        this.expect = value;
        return;
      case "upgrade":
        this.#upgrade = this.#upgrade === "" ? value : `${this.#upgrade},${value}`;
        return;
      default: // of this hop, and of no use to us
    }
  }

  // Once, after the last field.
  finish(): void {
    if (this.#connection) this.headers = this.#connection.filter(this.headers);
    if (this.acceptsTrailers) this.headers.push("te", "trailers");
    if (this.isChunked && this.contentLength >= 0) {
      // RFC 9112 §6.3 lets a proxy drop Content-Length and go on. We refuse: a hop behind us may
      // prefer the other one, and then the rest of this body is its next request.
      this.refuse("malformed", "both Content-Length and Transfer-Encoding");
    }
  }

  #addContentLength(value: string): void {
    if (this.contentLength >= 0) this.refuse("malformed", "several Content-Length fields");
    this.contentLength = parseContentLength(value);
    if (this.contentLength < 0) this.refuse("malformed", "Content-Length is no plain number");
  }

  #addTransferEncoding(value: string): void {
    if (this.isChunked) this.refuse("malformed", "several Transfer-Encoding fields");
    this.isChunked = true;
    if (value !== "chunked" && value.toLowerCase() !== "chunked") {
      this.refuse("coding", "Transfer-Encoding is not exactly chunked");
    }
  }
}

function includesTrailers(value: string): boolean {
  if (value === "trailers") return true;
  const list = new TokenList(value.toLowerCase());
  for (let member = list.next(); member !== ""; member = list.next()) {
    if (member === "trailers") return true;
  }
  return false;
}
