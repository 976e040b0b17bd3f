// Hot path.
//
// One connection of HTTP/2 without TLS and without an upgrade ("prior knowledge"), as light as a
// load needs it: it knows only its own requests and their answers. All frames of a tick go out in
// one write.

import { connect, type Socket } from "node:net";
import { LIMITS } from "#base/limits.ts";
import { ERROR, FLAG, FRAME, WINDOW_BYTES_INITIAL } from "#proxy/http2/frame-types.ts";
import { HpackDecoder } from "#proxy/http2/hpack-decoder.ts";
import { BlockAssembler } from "./block-assembler.ts";
import { FrameOutput } from "./frame-output.ts";
import { FrameSplitter } from "./frame-splitter.ts";
import { bareFrame, frameHead, windowUpdate } from "./frame-text.ts";
import type { GapFiller } from "./gap-filler.ts";
import { HeaderWriter } from "./header-writer.ts";
import type { Http2Lane } from "./http2-lane.ts";
import type { Http2Slot } from "./http2-slot.ts";
import type { DialTarget } from "./load-lane.ts";
import type { LoadErrorKind } from "./load-result.ts";
import { OPENING, OUR_WINDOW_BYTES } from "./opening.ts";
import { peerSettings } from "./peer-settings.ts";

export type LinkSetting = {
  readonly target: DialTarget;
  readonly filler: GapFiller;
  // One for all connections: bytes are read out of it before another read begins.
  readonly buffer: Buffer;
};

const DATA_BYTES_MAX = 16_384;
const CREDIT_BYTES = OUR_WINDOW_BYTES / 2;

export class Http2Link {
  readonly #slot: Http2Slot;
  readonly #buffer: Buffer;
  readonly #splitter = new FrameSplitter(this);
  readonly #decoder = new HpackDecoder(LIMITS);
  readonly #block = new BlockAssembler();
  readonly #headers: HeaderWriter;
  // With a stream, and those that wait for one.
  readonly #open: Http2Lane[] = [];
  #waiting: Http2Lane[] = [];
  readonly #out = new FrameOutput();
  #socket: Socket | undefined;
  #isConnected = false;
  // The other side's settings are there: from then on requests go out.
  #isReady = false;
  #isRetired = false;
  #nextId = 1;
  #streamsMax = Number.POSITIVE_INFINITY;
  #window = WINDOW_BYTES_INITIAL;
  #streamWindow = WINDOW_BYTES_INITIAL;
  #uncredited = 0;

  constructor({ target, filler, buffer }: LinkSetting, slot: Http2Slot) {
    this.#slot = slot;
    this.#buffer = buffer;
    this.#headers = new HeaderWriter(filler);
    const callback = (length: number): boolean => this.#read(length);
    const socket: Socket = connect({ ...target, noDelay: true, onread: { buffer, callback } });
    this.#socket = socket;
    socket.on("connect", () => {
      this.#isConnected = true;
      this.#out.attach(socket);
      this.#out.push(OPENING);
    });
    socket.on("end", () => this.#fail("cut"));
    socket.on("error", () => this.#fail(this.#isConnected ? "reset" : "connect"));
    socket.on("close", () => this.#fail(this.#isConnected ? "reset" : "connect"));
  }

  submit(lane: Http2Lane): void {
    lane.link = this;
    lane.id = 0;
    if (this.#isReady && this.#open.length < this.#streamsMax) this.#begin(lane);
    else this.#waiting.push(lane);
  }

  // Its request is given up.
  cancel(lane: Http2Lane): void {
    if (lane.id > 0) this.#out.push(bareFrame(FRAME.reset, lane.id, ERROR.cancel));
    this.#waiting = this.#waiting.filter((one) => one !== lane);
    this.#release(lane);
  }

  close(): void {
    this.#slot.retire(this);
    const socket = this.#socket;
    this.#socket = undefined;
    this.#out.detach();
    socket?.destroy();
  }

  // FrameSink.
  data(flags: number, id: number, bytes: Buffer, from: number, to: number, isLast: boolean): void {
    this.#credit(to - from);
    const lane = this.#laneOf(id);
    if (!lane) return;
    if (lane.status === 0) return this.#fail("framing");
    lane.takeData(bytes, from, to);
    lane.uncredited += to - from;
    if (lane.uncredited >= CREDIT_BYTES) {
      this.#out.push(windowUpdate(id, lane.uncredited));
      lane.uncredited = 0;
    }
    if (isLast && (flags & FLAG.endStream) !== 0) this.#end(lane);
  }

  // FrameSink.
  frame(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    if (!this.#socket) return;
    if (this.#block.isOpen !== (type === FRAME.continuation)) return this.#fail("framing");
    switch (type) {
      case FRAME.data:
        return this.#padded(flags, id, bytes, from, to);
      case FRAME.headers:
        if (!this.#block.begin(flags, bytes, from, to)) return this.#fail("framing");
        return this.#fields(id);
      case FRAME.continuation:
        if (!this.#block.add(flags, bytes, from, to)) return this.#fail("framing");
        return this.#fields(id);
      case FRAME.reset:
        return this.#reset(id);
      case FRAME.settings:
        return this.#settings(flags, bytes, from, to);
      case FRAME.ping:
        return this.#ping(flags, bytes, from, to);
      case FRAME.goAway:
        return this.#goAway(bytes, from, to);
      case FRAME.windowUpdate:
        return this.#widen(id, bytes, from, to);
      case FRAME.pushPromise:
        return this.#fail("framing");
    }
  }

  #read(length: number): boolean {
    if (this.#socket && !this.#splitter.feed(this.#buffer, length)) this.#fail("framing");
    return true;
  }

  #begin(lane: Http2Lane): void {
    const id = this.#nextId;
    this.#nextId += 2;
    this.#open.push(lane);
    lane.begin(id, this.#streamWindow);
    const { request } = lane;
    const block = this.#headers.write(request);
    const isWhole = request.body === "";
    const flags = FLAG.endHeaders | (isWhole ? FLAG.endStream : 0);
    this.#out.push(frameHead(block.length, FRAME.headers, flags, id) + block);
    if (!isWhole) this.#sendBody(lane);
  }

  // As much as both windows allow.
  #sendBody(lane: Http2Lane): void {
    const { body } = lane.request;
    while (lane.bodySent < body.length) {
      const room = Math.min(DATA_BYTES_MAX, this.#window, lane.window);
      if (room <= 0) return;
      const to = Math.min(body.length, lane.bodySent + room);
      const length = to - lane.bodySent;
      const flags = to === body.length ? FLAG.endStream : 0;
      const piece = length === body.length ? body : body.slice(lane.bodySent, to);
      this.#out.push(frameHead(length, FRAME.data, flags, lane.id) + piece);
      lane.bodySent = to;
      lane.window -= length;
      this.#window -= length;
    }
  }

  #padded(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const end = to - bytes[from]!;
    if (end <= from) return this.#fail("framing");
    this.#credit(to - from - (end - from - 1));
    this.data(flags, id, bytes, from + 1, end, true);
  }

  // A head or trailers, once its block is whole.
  #fields(id: number): void {
    const { bytes, from, to, endsStream, isOpen } = this.#block;
    if (isOpen) return;
    if (this.#decoder.decode(bytes, from, to) !== "ok") return this.#fail("framing");
    const lane = this.#laneOf(id);
    if (!lane) return;
    if (!lane.takeHead(this.#decoder.fields, endsStream)) this.#fail("framing");
    else if (endsStream) this.#end(lane);
  }

  #end(lane: Http2Lane): void {
    // An answer before the request is out: the rest of it needs nobody any more.
    if (lane.bodySent < lane.request.body.length) {
      this.#out.push(bareFrame(FRAME.reset, lane.id, ERROR.cancel));
    }
    this.#release(lane);
    lane.finish();
  }

  #reset(id: number): void {
    const lane = this.#laneOf(id);
    if (!lane) return;
    this.#release(lane);
    lane.fail("reset");
  }

  #settings(flags: number, bytes: Buffer, from: number, to: number): void {
    if ((flags & FLAG.ack) !== 0) return;
    const { tableBytes, streamsMax, windowBytes } = peerSettings(bytes, from, to);
    if (tableBytes !== undefined) this.#headers.limitTable(tableBytes);
    this.#streamsMax = streamsMax ?? this.#streamsMax;
    if (windowBytes !== undefined) this.#changeWindow(windowBytes);
    this.#out.push(frameHead(0, FRAME.settings, FLAG.ack, 0));
    this.#isReady = true;
    this.#beginWaiting();
  }

  #changeWindow(bytes: number): void {
    const more = bytes - this.#streamWindow;
    this.#streamWindow = bytes;
    for (const lane of this.#open) {
      lane.window += more;
      this.#sendBody(lane);
    }
  }

  #widen(id: number, bytes: Buffer, from: number, to: number): void {
    if (to - from !== 4) return this.#fail("framing");
    const more = bytes.readUInt32BE(from) & 0x7fff_ffff;
    if (id > 0) {
      const lane = this.#laneOf(id);
      if (!lane) return;
      lane.window += more;
      return this.#sendBody(lane);
    }
    this.#window += more;
    for (const lane of this.#open) this.#sendBody(lane);
  }

  #ping(flags: number, bytes: Buffer, from: number, to: number): void {
    if ((flags & FLAG.ack) !== 0) return;
    this.#out.push(frameHead(8, FRAME.ping, FLAG.ack, 0) + bytes.toString("latin1", from, to));
  }

  // What it names is still answered here; the rest goes over another connection.
  #goAway(bytes: Buffer, from: number, to: number): void {
    if (to - from < 8) return this.#fail("framing");
    const lastId = bytes.readUInt32BE(from) & 0x7fff_ffff;
    this.#isRetired = true;
    this.#slot.retire(this);
    const moved = this.#open.filter(({ id }) => id > lastId).concat(this.#waiting);
    this.#waiting = [];
    for (const lane of moved) {
      this.#release(lane);
      this.#slot.moved(lane);
    }
    if (this.#open.length === 0) this.close();
  }

  #credit(bytes: number): void {
    this.#uncredited += bytes;
    if (this.#uncredited < CREDIT_BYTES) return;
    this.#out.push(windowUpdate(0, this.#uncredited));
    this.#uncredited = 0;
  }

  #laneOf(id: number): Http2Lane | undefined {
    for (let i = 0; i < this.#open.length; i++) {
      if (this.#open[i]!.id === id) return this.#open[i];
    }
    return undefined;
  }

  // Its stream is over.
  #release(lane: Http2Lane): void {
    lane.link = undefined;
    const at = this.#open.indexOf(lane);
    if (at >= 0) this.#open.splice(at, 1);
    this.#beginWaiting();
    if (this.#isRetired && this.#open.length === 0) this.close();
  }

  #beginWaiting(): void {
    while (this.#waiting.length > 0 && this.#open.length < this.#streamsMax) {
      if (!this.#isReady) return;
      this.#begin(this.#waiting.shift()!);
    }
  }

  // The connection is of no more use.
  #fail(kind: LoadErrorKind): void {
    if (!this.#socket) return;
    this.close();
    const lost = this.#open.splice(0).concat(this.#waiting);
    this.#waiting = [];
    for (const lane of lost) lane.link = undefined;
    for (const lane of lost) lane.fail(kind);
  }
}
