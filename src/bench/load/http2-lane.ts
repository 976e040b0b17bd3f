// Hot path.
//
// One of the streams that a load has open at a time on a connection of HTTP/2: one request after
// the other, each a stream of its own.

import type { HeaderField } from "#proxy/http2/header-field.ts";
import type { Http2Link } from "./http2-link.ts";
import type { Http2Request } from "./http2-request.ts";
import type { Http2Slot } from "./http2-slot.ts";
import type { LaneEvents, LoadLane } from "./load-lane.ts";
import type { LoadErrorKind } from "./load-result.ts";

const MESSAGE_PREFIX_BYTES = 5;
const LENGTH_DIGITS_MAX = 15;

export class Http2Lane implements LoadLane<Http2Request> {
  readonly #slot: Http2Slot;
  readonly #events: LaneEvents<Http2Request>;
  #request: Http2Request | undefined;
  #sinceMs = 0;
  #sentAtMs = 0;
  #status = 0;
  #contentLength = -1;
  #bodyBytes = 0;
  #grpcStatus = -1;
  // gRPC: bytes left of the present message, or of its prefix.
  #messageLeft = MESSAGE_PREFIX_BYTES;
  #isInPrefix = true;
  #messageLength = 0;
  // What the link knows of the stream: 0, none yet; the body's bytes sent, and allowed to be sent.
  id = 0;
  bodySent = 0;
  window = 0;
  // Bytes of the answer that the other side has no credit for again.
  uncredited = 0;
  link: Http2Link | undefined;
  // How often the other side has asked to send it over another connection.
  movedTimes = 0;

  constructor(slot: Http2Slot, events: LaneEvents<Http2Request>) {
    this.#slot = slot;
    this.#events = events;
  }

  get isBusy(): boolean {
    return this.#request !== undefined;
  }

  get request(): Http2Request {
    return this.#request!;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  get sentAtMs(): number {
    return this.#sentAtMs;
  }

  get status(): number {
    return this.#status;
  }

  get bodyBytes(): number {
    return this.#bodyBytes;
  }

  get grpcStatus(): number {
    return this.#grpcStatus;
  }

  dial(): void {
    this.#slot.dial();
  }

  send(request: Http2Request, sinceMs: number, nowMs: number): void {
    this.#request = request;
    this.#sinceMs = sinceMs;
    this.#sentAtMs = nowMs;
    this.movedTimes = 0;
    this.#slot.submit(this);
  }

  // A new stream begins.
  begin(id: number, window: number): void {
    this.id = id;
    this.window = window;
    this.bodySent = 0;
    this.uncredited = 0;
    this.#status = 0;
    this.#contentLength = -1;
    this.#bodyBytes = 0;
    this.#grpcStatus = -1;
    this.#messageLeft = MESSAGE_PREFIX_BYTES;
    this.#isInPrefix = true;
  }

  expire(): void {
    this.link?.cancel(this);
    this.fail("timeout");
  }

  close(): void {
    this.#request = undefined;
    this.#slot.close();
  }

  // False: no head or trailers of an answer.
  takeHead(fields: readonly HeaderField[], ends: boolean): boolean {
    const isTrailer = this.#status > 0;
    let status = 0;
    for (let i = 0; i < fields.length; i++) {
      const { kind, name, value } = fields[i]!;
      if (kind === "status") status = numberOf(value);
      else if (kind === "content-length") this.#contentLength = numberOf(value);
      else if (name === "grpc-status") this.#grpcStatus = numberOf(value);
    }
    if (isTrailer) return ends && status === 0;
    if (status < 100 || status > 599) return false;
    if (status >= 200) this.#status = status;
    return status >= 200 || !ends;
  }

  takeData(bytes: Buffer, from: number, to: number): void {
    this.#bodyBytes += to - from;
    if (this.#request?.shape.isGrpc) this.#readMessages(bytes, from, to);
  }

  // The stream has ended; the link knows it no longer.
  finish(): void {
    if (!this.#isWhole()) return this.fail("framing");
    this.#request = undefined;
    this.#slot.answered();
    this.#events.answered(this);
  }

  fail(kind: LoadErrorKind): void {
    if (!this.#request) return;
    this.#request = undefined;
    this.#events.failed(this, kind);
  }

  #isWhole(): boolean {
    if (this.#status === 0) return false;
    const { isGrpc, isHead } = this.request.shape;
    if (isGrpc && this.#status === 200 && this.#grpcStatus < 0) return false;
    if (isGrpc && !(this.#isInPrefix && this.#messageLeft === MESSAGE_PREFIX_BYTES)) return false;
    return isHead || this.#contentLength < 0 || this.#contentLength === this.#bodyBytes;
  }

  // Flag, four bytes of length, message; and again.
  #readMessages(bytes: Buffer, from: number, to: number): void {
    let at = from;
    while (at < to) {
      if (this.#isInPrefix) {
        const isFlag = this.#messageLeft === MESSAGE_PREFIX_BYTES;
        this.#messageLength = isFlag ? 0 : this.#messageLength * 256 + bytes[at]!;
        at++;
        this.#messageLeft--;
      } else {
        const taken = Math.min(this.#messageLeft, to - at);
        at += taken;
        this.#messageLeft -= taken;
      }
      if (this.#messageLeft === 0) this.#turn();
    }
  }

  // After a prefix its message, unless that is empty; after a message the next prefix.
  #turn(): void {
    this.#isInPrefix = !this.#isInPrefix || this.#messageLength === 0;
    this.#messageLeft = this.#isInPrefix ? MESSAGE_PREFIX_BYTES : this.#messageLength;
  }
}

// -1: none.
function numberOf(text: string): number {
  if (text.length === 0 || text.length > LENGTH_DIGITS_MAX) return -1;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    value = value * 10 + digit;
  }
  return value;
}
