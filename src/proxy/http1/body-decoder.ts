// Hot path.
//
// The body of a message as it comes in (RFC 9112 §6, §7): a length, chunks, or everything until
// the connection closes. Data goes on at once, as a view of the bytes that were read, small chunks
// together.
//
//   chunked:   line -> data -> data-end -> line ... -> last line -> trailers -> over
//   length:    data -> over
//   close:     data (until `endByClose`) -> over

import type { Limits } from "#base/limits.ts";
import type { Headers } from "#proxy/exchange/heads.ts";
import { ChunkLine } from "./chunk-line.ts";
import type { Fault } from "./fault.ts";
import { HeadCollector } from "./head-collector.ts";
import { SmallChunks } from "./small-chunks.ts";
import { parseTrailers } from "./trailers.ts";

// none: no body at all. close: ends with the connection.
export type BodyFraming = "none" | "length" | "chunked" | "close";

export type BodySink = { data(chunk: Uint8Array): void };

type State = "line" | "data" | "data-end" | "data-end-lf" | "trailers" | "over";

const LF = 0x0a;
const CR = 0x0d;
const NO_TRAILERS: Headers = [];

export class BodyDecoder {
  readonly #limits: Limits;
  #framing: BodyFraming = "none";
  #state: State = "over";
  #bytesLeft = 0;
  #sink: BodySink | undefined;
  #line: ChunkLine | undefined;
  #small: SmallChunks | undefined;
  #collector: HeadCollector | undefined;
  #trailers = NO_TRAILERS;
  #fault: Fault | undefined;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  get isOver(): boolean {
    return this.#state === "over";
  }

  get fault(): Fault | undefined {
    return this.#fault;
  }

  get trailers(): Headers {
    return this.#trailers;
  }

  // What is still to come, or Infinity where only the end will tell.
  get bytesLeft(): number {
    if (this.#state === "over") return 0;
    return this.#framing === "length" ? this.#bytesLeft : Number.POSITIVE_INFINITY;
  }

  begin(framing: BodyFraming, length: number, sink: BodySink): void {
    this.#framing = framing;
    this.#sink = sink;
    this.#trailers = NO_TRAILERS;
    this.#fault = undefined;
    this.#bytesLeft = length;
    if (framing === "none" || (framing === "length" && length === 0)) return this.stop();
    this.#state = framing === "chunked" ? "line" : "data";
    if (framing !== "chunked") return;
    this.#line ??= new ChunkLine(this.#limits);
    this.#small ??= new SmallChunks();
    this.#line.beginBody();
  }

  // Nothing more is wanted. May be called from inside the sink.
  stop(): void {
    this.#state = "over";
    this.#sink = undefined;
    this.#small?.clear();
  }

  // Returns the index after what belongs to the body. Look at `fault` and `isOver` afterwards.
  decode(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length && this.#state !== "over") {
      switch (this.#state) {
        case "data":
          at = this.#decodeData(bytes, at);
          break;
        case "line":
          at = this.#decodeLine(bytes, at);
          break;
        case "data-end":
          this.#expect(bytes[at++] === CR, "data-end-lf");
          break;
        case "data-end-lf":
          this.#line!.beginLine();
          this.#expect(bytes[at++] === LF, "line");
          break;
        case "trailers":
          at = this.#decodeTrailers(bytes, at);
          break;
      }
    }
    this.#passSmall();
    return at;
  }

  // The peer has closed its direction. True if that is how this body ends.
  endByClose(): boolean {
    if (this.#framing !== "close" || this.#state === "over") return false;
    this.stop();
    return true;
  }

  #decodeData(bytes: Buffer, from: number): number {
    const sink = this.#sink!;
    const available = bytes.length - from;
    const taken = this.#framing === "close" ? available : Math.min(this.#bytesLeft, available);
    this.#bytesLeft -= taken;
    // Before the sink runs, because it may stop us.
    if (this.#framing !== "close" && this.#bytesLeft === 0) {
      if (this.#framing === "length") this.stop();
      else this.#state = "data-end";
    }
    const to = from + taken;
    if (this.#framing === "chunked") this.#passChunk(bytes, from, to);
    else pass(sink, bytes, from, to);
    return to;
  }

  #passChunk(bytes: Buffer, from: number, to: number): void {
    if (this.#small!.add(bytes, from, to)) return;
    this.#passSmall();
    // Unless it was stopped. Small ones begin anew.
    if (!this.#sink || this.#small!.add(bytes, from, to)) return;
    pass(this.#sink, bytes, from, to);
  }

  #passSmall(): void {
    if (this.#small && !this.#small.isEmpty) this.#sink!.data(this.#small.take());
  }

  #decodeLine(bytes: Buffer, from: number): number {
    const line = this.#line!;
    const at = line.read(bytes, from);
    if (line.state === "malformed") {
      this.#refuse("a chunk size that is no short hexadecimal number, or too long an extension");
    } else if (line.state === "complete") {
      this.#bytesLeft = line.size;
      this.#state = line.size === 0 ? "trailers" : "data";
      if (line.size === 0) this.#passSmall();
    }
    return at;
  }

  #decodeTrailers(bytes: Buffer, from: number): number {
    const collector = this.#collector;
    // Almost every body ends without trailers.
    if (!collector && bytes[from] === CR && bytes[from + 1] === LF) {
      this.stop();
      return from + 2;
    }
    const trailers = collector ?? new HeadCollector(this.#limits.trailersBytesMax, true);
    this.#collector = trailers;
    const at = trailers.collect(bytes, from);
    if (trailers.state === "partial") return at;
    this.#collector = undefined;
    if (trailers.state === "complete") this.#endWithTrailers(trailers.take());
    else this.#refuse("trailers that are malformed or too long");
    return at;
  }

  #endWithTrailers(bytes: Buffer): void {
    const parsed = parseTrailers(bytes, this.#limits.headersMax);
    if (parsed.kind === "refused") {
      this.#fault = parsed.fault;
    } else {
      this.#trailers = parsed.headers;
    }
    this.stop();
  }

  #expect(isRight: boolean, next: State): void {
    if (isRight) this.#state = next;
    else this.#refuse("a chunk that is longer or shorter than its size");
  }

  #refuse(detail: string): void {
    // What stands before it was good, however it was cut.
    this.#passSmall();
    if (this.#state === "over") return;
    this.#fault = { kind: "malformed", detail };
    this.stop();
  }
}

function pass(sink: BodySink, bytes: Buffer, from: number, to: number): void {
  const isWhole = from === 0 && to === bytes.length;
  sink.data(isWhole ? bytes : bytes.subarray(from, to));
}
