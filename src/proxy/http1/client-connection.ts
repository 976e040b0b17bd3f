// Hot path.
//
// A connection on which we ask somebody, in HTTP/1.1 (RFC 9112): one exchange at a time.
//
// It is used again only if nothing is left over on either side: the request was sent to its end,
// the answer had an end of its own and nothing stood behind it. Anything else would make the rest
// of one exchange the beginning of somebody else's.
//
// An answer that opens a tunnel makes the whole connection one: each direction ends for itself, and
// when both have, so does the connection. A tunnel that breaks is reset: bytes have no other sign
// by which their end could be told from their loss.

import assert from "node:assert/strict";
import { Deadline } from "#base/deadlines.ts";
import type { Limits } from "#base/limits.ts";
import type {
  ConnectionOwner,
  ExchangeEvents,
  UpstreamConnection,
  UpstreamStream,
} from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import {
  type Asked,
  asksForTunnel,
  type Headers,
  type RequestHead,
} from "#proxy/exchange/heads.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { Outgoing } from "#proxy/transport/outgoing.ts";
import { asBuffer } from "./as-buffer.ts";
import { BodyDecoder } from "./body-decoder.ts";
import { BodyWriter } from "./body-writer.ts";
import { ClientExchange, type ClientExchangeKeeper } from "./client-exchange.ts";
import { BODY_LENGTH_WRONG, TOO_MANY_INFORMS, upstreamReset } from "./client-failures.ts";
import { type Fault, responseFailure } from "./fault.ts";
import { HeadReader } from "./head-reader.ts";
import { encodeRequestHead } from "./head-writer.ts";
import { requestFraming } from "./request-framing.ts";
import { type ParsedResponse, parseResponseHead } from "./response-head.ts";
import { withWebsocketKey } from "./websocket-key.ts";
import { withoutOwnProof } from "./websocket-proof.ts";

const NO_TRAILERS: Headers = [];
const NOTHING_ASKED: Asked & Partial<RequestHead> = { method: "" };

export class Http1ClientConnection implements UpstreamConnection {
  readonly protocol = "http1";
  readonly #limits: Limits;
  readonly #stream: ByteStream;
  readonly #owner: ConnectionOwner;
  readonly #tools: CodecTools;
  readonly #outgoing: Outgoing;
  readonly #keeper: ClientExchangeKeeper;
  readonly #heads: HeadReader;
  readonly #body: BodyDecoder;
  #exchange: ClientExchange | undefined;
  #events: ExchangeEvents | undefined;
  #asked = NOTHING_ASKED;
  #headBytes = 0;
  #informs = 0;
  #hasHead = false;
  // Something of the answer has come.
  #isAnswered = false;
  #isReused = false;
  #isDraining = false;
  // No exchange can be opened any more, whatever happens.
  #isGone = false;
  #isPaused = false;
  #isTunnel = false;
  // For what the peer still has to fetch of a tunnel that is over.
  #fetching: Deadline | undefined;
  // Why we have destroyed the stream under an open exchange.
  #failure: Failure | undefined;

  constructor(stream: ByteStream, owner: ConnectionOwner, tools: CodecTools) {
    this.#limits = tools.limits.current;
    this.#heads = new HeadReader(this.#limits.headBytesMax);
    this.#body = new BodyDecoder(this.#limits);
    this.#stream = stream;
    this.#owner = owner;
    this.#tools = tools;
    this.#outgoing = new Outgoing(stream, tools.flusher, tools.blocks);
    this.#keeper = {
      outgoing: this.#outgoing,
      body: new BodyWriter(this.#outgoing),
      broken: () => this.#breakOff(BODY_LENGTH_WRONG),
      tunnelEnded: () => this.#tunnelEnded(),
      cancelled: () => this.#cancel(),
      paused: (isPaused) => this.#pause(isPaused),
    };
    stream.attach({
      data: (bytes) => this.#read(asBuffer(bytes)),
      ended: () => this.#peerEnded(),
      drained: () => this.#drained(),
      closed: (code) => this.#streamClosed(code),
    });
  }

  get slotsFree(): number {
    return this.#exchange || this.#isDraining || this.#isGone ? 0 : 1;
  }

  get slotsUsed(): number {
    return this.#exchange ? 1 : 0;
  }

  get isReused(): boolean {
    return this.#isReused;
  }

  open(head: RequestHead, events: ExchangeEvents): UpstreamStream {
    assert.equal(this.slotsFree, 1, "a connection carries one exchange at a time");
    const exchange = new ClientExchange(this.#keeper, asksForTunnel(head));
    this.#exchange = exchange;
    this.#events = events;
    this.#asked = head;
    this.#informs = 0;
    this.#hasHead = false;
    this.#isAnswered = false;
    const framing = requestFraming(head);
    this.#keeper.body.begin(framing, head.contentLength);
    const asking = withWebsocketKey(head, this.#tools.clock, this.#stream.remote);
    const text = encodeRequestHead(asking, framing);
    this.#headBytes = text.length;
    this.#outgoing.text(text);
    return exchange;
  }

  drain(): void {
    this.#isDraining = true;
    if (!this.#exchange && !this.#isGone) this.#leave();
  }

  destroy(): void {
    this.#leave();
  }

  #read(bytes: Buffer): void {
    if (this.#isGone) return;
    // Nobody asked.
    if (!this.#exchange) return this.#leave();
    this.#isAnswered = true;
    let at = 0;
    while (at < bytes.length && this.#exchange) {
      at = this.#hasHead ? this.#body.decode(bytes, at) : this.#readHead(bytes, at);
      if (this.#hasHead && this.#exchange) this.#lookAtBody(at < bytes.length);
    }
  }

  #readHead(bytes: Buffer, from: number): number {
    const heads = this.#heads;
    const at = heads.read(bytes, from);
    if (heads.fault) {
      this.#refuse(heads.fault);
    } else if (heads.bytes) {
      const { start, end } = heads;
      const parsed = parseResponseHead(heads.bytes, start, end, this.#asked, this.#limits);
      heads.clear();
      if (parsed.kind === "refused") this.#refuse(parsed.fault);
      else if (parsed.head.status < 200 && !parsed.opensTunnel) this.#inform(parsed);
      else this.#begin(parsed);
    }
    return at;
  }

  #inform({ head }: ParsedResponse): void {
    if (++this.#informs > this.#limits.informsMax) this.#refuse(TOO_MANY_INFORMS);
    else this.#events!.inform(head);
  }

  #begin({ head, framing, keepsAlive, opensTunnel }: ParsedResponse): void {
    this.#hasHead = true;
    this.#isTunnel = opensTunnel;
    this.#body.begin(framing, head.contentLength, this.#events!);
    if (opensTunnel) this.#exchange!.openTunnel();
    else this.#exchange!.declineTunnel();
    if (!keepsAlive && !this.#isDraining) {
      this.#isDraining = true;
      this.#owner.draining();
    }
    this.#events!.head(opensTunnel ? withoutOwnProof(this.#asked, head) : head);
  }

  #lookAtBody(isMoreInHand: boolean): void {
    if (this.#body.fault) this.#refuse(this.#body.fault);
    else if (this.#body.isOver) this.#endAnswer(isMoreInHand);
  }

  #endAnswer(isMoreInHand: boolean): void {
    const events = this.#events!;
    const isClean = this.#exchange!.isRequestOver && !isMoreInHand;
    const { trailers } = this.#body;
    this.#forget();
    this.#isReused = true;
    if (!isClean || this.#isDraining) this.#leave();
    else if (this.#isPaused) this.#pause(false);
    events.end(trailers);
    if (!this.#isGone && !this.#exchange) this.#owner.slotsChanged();
  }

  // By the peer; and then our direction may end, too.
  #endTunnel(): void {
    const events = this.#events!;
    if (this.#exchange!.isRequestOver) this.#closeTunnel();
    events.end(NO_TRAILERS);
  }

  // By us.
  #tunnelEnded(): void {
    this.#outgoing.end();
    if (this.#hasHead && this.#body.isOver) this.#closeTunnel();
  }

  // Both directions are closed, so the stream closes when the peer has fetched the rest.
  #closeTunnel(): void {
    this.#forget();
    this.#isGone = true;
    this.#fetching = new Deadline(() => this.#stream.reset());
    this.#tools.deadlines.set(this.#fetching, this.#limits.streamIdleMs);
  }

  #refuse(fault: Fault): void {
    this.#fail(responseFailure(fault));
  }

  #fail(failure: Failure): void {
    const events = this.#events;
    this.#forget();
    this.#leave();
    events?.fail(failure);
  }

  #forget(): void {
    this.#exchange?.abandon();
    this.#exchange = undefined;
    this.#events = undefined;
    this.#asked = NOTHING_ASKED;
    this.#body.stop();
  }

  #cancel(): void {
    this.#forget();
    this.#leave();
  }

  // From inside a call of the pipeline, so it learns of it later: when the stream is closed.
  #breakOff(failure: Failure): void {
    this.#failure = failure;
    this.#leave();
  }

  #leave(): void {
    this.#isGone = true;
    this.#outgoing.close();
    if (this.#isTunnel) this.#stream.reset();
    else this.#stream.destroy();
  }

  #pause(isPaused: boolean): void {
    if (isPaused === this.#isPaused) return;
    this.#isPaused = isPaused;
    if (isPaused) this.#stream.pause();
    else this.#stream.resume();
  }

  #peerEnded(): void {
    if (this.#isGone) return;
    if (!this.#exchange) this.#leave();
    else if (this.#hasHead && this.#body.endByClose()) {
      if (this.#isTunnel) this.#endTunnel();
      else this.#endAnswer(false);
    } else this.#fail(upstreamReset("", this.#retry()));
  }

  #drained(): void {
    this.#outgoing.unblock();
    if (this.#exchange?.takeAwaitsDrain()) this.#events!.drained();
  }

  #streamClosed(code: string): void {
    const retry = this.#retry();
    if (this.#fetching) this.#tools.deadlines.clear(this.#fetching);
    this.#isGone = true;
    this.#outgoing.close();
    if (this.#exchange) this.#fail(this.#failure ?? upstreamReset(code, retry));
    this.#owner.closed();
  }

  // What has been written but not sent, nobody has seen. An idle connection may have been closed
  // while our request was on its way. Else the upstream may have seen it, and even acted on it.
  #retry(): Failure["retry"] {
    if (this.#isAnswered) return "never";
    const bytesWritten = this.#headBytes + this.#keeper.body.bytesWritten;
    if (this.#outgoing.bytesWaiting >= bytesWritten) return "always";
    return this.#isReused ? "if-reused" : "never";
  }
}
