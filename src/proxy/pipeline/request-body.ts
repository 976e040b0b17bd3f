// Hot path.
//
// The body of a request on its way through an exchange: held back while there is no upstream to
// take it, and at the pace of the upstream then.
//
// It has `requestTimeoutMs` from the head to its end, and as long again each time that it brought
// `requestTimeoutBytesMin` meanwhile: a large body over a slow line is no attack, one that comes
// byte by byte is. Time in which the upstream takes nothing is not the sender's. Conversations have
// no such bound, a tunnel and gRPC: there a message a minute is usual, and gRPC has deadlines of
// its own. They still end when nothing moves at all (timed-exchange.ts).

import { LIMITS, type Limits } from "#base/limits.ts";
import type { ByteAllowance } from "#proxy/exchange/byte-allowance.ts";
import type { DownstreamStream, UpstreamStream } from "#proxy/exchange/exchange.ts";
import { asksForTunnel, type Headers, type RequestHead } from "#proxy/exchange/heads.ts";
import { isGrpc } from "./answer.ts";
import { BodyCopy, type BodyTaker } from "./body-copy.ts";
import { WATCH_TICK_MS } from "./exchange-watch.ts";
import type { KeptBody } from "./tap-bodies/kept-body.ts";

const NOTHING_HELD: readonly Uint8Array[] = [];
const NO_TRAILERS: Headers = [];

export class RequestBody {
  readonly #stream: DownstreamStream;
  readonly #head: RequestHead;
  readonly #isEmpty: boolean;
  // It is announced that all of it fits into a copy.
  readonly #isShort: boolean;
  #upstream: UpstreamStream | undefined;
  #held = NOTHING_HELD;
  #copy: BodyCopy | undefined;
  #kept: KeptBody | undefined;
  #trailers: Headers = NO_TRAILERS;
  #hasEnded = false;
  #isPaused = false;
  #isStarted = false;
  #isAbandoned = false;
  #bytes = 0;
  // Since the head, or since it last earned more time.
  #seconds = 0;
  #bytesBefore = 0;

  constructor(stream: DownstreamStream, head: RequestHead) {
    this.#stream = stream;
    this.#head = head;
    const { contentLength } = head;
    this.#isEmpty = contentLength === 0 && !asksForTunnel(head);
    this.#isShort = contentLength > 0 && contentLength <= LIMITS.bodyCopyBytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  // Another upstream can have all of it: none was given any of it yet, or there is a copy.
  get isRepeatable(): boolean {
    return !this.#isStarted || this.#copy?.isWhole === true;
  }

  // Of all of it, what has come already included. Before any upstream is given some of it.
  keepCopy(allowance: ByteAllowance): BodyCopy {
    if (this.#copy) return this.#copy;
    this.#copy = new BodyCopy(allowance);
    for (let i = 0; i < this.#held.length; i++) this.#copy.add(this.#held[i]!, false);
    return this.#copy;
  }

  // Before any upstream is given some of it.
  whenWhole(allowance: ByteAllowance, taker: BodyTaker): void {
    const copy = this.keepCopy(allowance);
    copy.whenWhole(taker);
    if (this.#hasEnded) copy.ended(this.#trailers);
  }

  // The beginning of it for who watches, what has come already included. Before any upstream is
  // given some of it.
  keepFor(kept: KeptBody): void {
    this.#kept = kept;
    for (let i = 0; i < this.#held.length; i++) kept.add(this.#held[i]!);
  }

  // Another second has passed. True: it has had its time.
  tick(limits: Limits): boolean {
    if (this.#hasEnded) return false;
    if (this.#isPaused) {
      this.#beginPeriod();
      return false;
    }
    this.#seconds++;
    if (this.#seconds * WATCH_TICK_MS <= limits.requestTimeoutMs) return false;
    const hasMoved = this.#bytes - this.#bytesBefore >= limits.requestTimeoutBytesMin;
    this.#beginPeriod();
    return !hasMoved && !asksForTunnel(this.#head) && !isGrpc(this.#head.headers);
  }

  data(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#isAbandoned) return;
    if (this.#kept !== undefined) this.#kept.add(chunk);
    // What comes between two upstreams belongs to the second one's, however large the copy is.
    if (this.#copy) this.#copy.add(chunk, this.#isStarted && this.#upstream === undefined);
    // A codec that was asked to pause may still deliver what it had in hand: one read buffer.
    if (this.#upstream) this.#forward(chunk);
    else this.#held = this.#held.concat(Buffer.from(chunk));
  }

  end(trailers: Headers): void {
    this.#hasEnded = true;
    this.#trailers = trailers;
    this.#upstream?.end(trailers);
    this.#copy?.ended(trailers);
  }

  // No upstream now.
  hold(): void {
    this.#upstream = undefined;
    this.pause();
  }

  // `copies`: where a short body may be kept, for an upstream that can refuse what nobody has seen.
  sendTo(upstream: UpstreamStream, copies?: ByteAllowance): void {
    if (copies && this.#isShort && !this.#isStarted) this.keepCopy(copies);
    const held = this.#isStarted ? this.#copy!.chunks : this.#held;
    this.#held = NOTHING_HELD;
    this.#upstream = upstream;
    this.resume();
    for (let i = 0; i < held.length; i++) this.#forward(held[i]!);
    if (this.#hasEnded) upstream.end(this.#trailers);
  }

  // Nobody wants the rest of it: the codec sees what to do with it.
  abandon(): void {
    this.#isAbandoned = true;
    this.#upstream = undefined;
    this.#held = NOTHING_HELD;
    this.#copy?.release();
    this.resume();
  }

  pause(): void {
    if (this.#isPaused || this.#hasEnded || this.#isEmpty) return;
    this.#isPaused = true;
    this.#stream.pause();
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#stream.resume();
  }

  #beginPeriod(): void {
    this.#seconds = 0;
    this.#bytesBefore = this.#bytes;
  }

  #forward(chunk: Uint8Array): void {
    this.#isStarted = true;
    if (!this.#upstream!.write(chunk)) this.pause();
  }
}
