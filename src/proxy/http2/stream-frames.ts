// Hot path.
//
// The frames of streams, as they come: whose they are, whether they may come now, and what is in
// them. RFC 9113 §5.1 and §6.1 to §6.4.

import type { Deadline, Deadlines } from "#base/deadlines.ts";
import type { Limits } from "#base/limits.ts";
import type { ClosedStreams } from "./closed-streams.ts";
import type { FloodGuard } from "./flood-guard.ts";
import { ERROR, type ErrorCode, FLAG } from "./frame-types.ts";
import { HeaderAssembly } from "./header-assembly.ts";
import { HpackDecoder } from "./hpack-decoder.ts";
import type { ReceiveCredit } from "./receive-credit.ts";
import type { SendScheduler } from "./send-scheduler.ts";
import type { Stream } from "./stream.ts";
import type { StreamTable } from "./stream-table.ts";

// The connection, as its streams' frames see it.
export type StreamFramesOwner = {
  readonly limits: Limits;
  readonly isServer: boolean;
  readonly table: StreamTable;
  readonly closedStreams: ClosedStreams;
  readonly highestId: number;
  readonly credit: ReceiveCredit;
  readonly scheduler: SendScheduler;
  readonly guard: FloodGuard;
  readonly deadlines: Deadlines;
  // Runs while a header block is incomplete.
  readonly headDeadline: Deadline;
  // A head for a stream that never was before, on a number of the end that dialled.
  opened(id: number, block: HpackDecoder, endsStream: boolean): void;
  fault(code: ErrorCode, detail: string): void;
  calm(detail: string): void;
};

const PRIORITY_BYTES = 5;

export class StreamFrames {
  readonly #owner: StreamFramesOwner;
  readonly #assembly: HeaderAssembly;
  readonly #decoder: HpackDecoder;
  // Where the content of a frame lies, less padding.
  #start = 0;
  #end = 0;

  constructor(owner: StreamFramesOwner) {
    this.#owner = owner;
    this.#assembly = new HeaderAssembly(owner.limits);
    this.#decoder = new HpackDecoder(owner.limits);
  }

  // The peer has acknowledged our SETTINGS.
  settingsKnown(): void {
    this.#decoder.settingsKnown();
  }

  // The stream whose head is incomplete, or 0.
  get assemblingId(): number {
    return this.#assembly.id;
  }

  data(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const owner = this.#owner;
    // Padding counts, and so does what comes for a stream that is over.
    if (!owner.credit.take(to - from)) {
      return owner.fault(ERROR.flowControl, "more DATA came than the connection's window allows");
    }
    if (!this.#unpad(flags, bytes, from, to)) return;
    const endsStream = (flags & FLAG.endStream) !== 0;
    if (!this.#noteEmpty(this.#start === this.#end && !endsStream)) return;
    const stream = owner.table.get(id);
    if (!stream) return this.#late(id, to - from);
    if (!stream.peerMaySend) {
      return this.#offend(stream, ERROR.streamClosed, "DATA came after the stream's end");
    }
    if (!stream.takesData) return this.#offend(stream, ERROR.protocol, "DATA came before a head");
    switch (stream.receiver.receive(bytes, this.#start, this.#end, to - from)) {
      case "window-exceeded":
        return this.#offend(stream, ERROR.flowControl, "more DATA came than the window allows");
      case "length-exceeded":
        return this.#offend(stream, ERROR.protocol, "the body is longer than its content-length");
    }
    if (endsStream) this.#unlessMalformed(stream, stream.peerEnds([]));
  }

  headers(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    if (!this.#unpad(flags, bytes, from, to)) return;
    if ((flags & FLAG.priority) !== 0 && !this.#skipPriority(id, bytes)) return;
    const endsStream = (flags & FLAG.endStream) !== 0;
    if ((flags & FLAG.endHeaders) !== 0) {
      return this.#block(id, endsStream, bytes, this.#start, this.#end);
    }
    this.#assembly.begin(id, endsStream, bytes.subarray(this.#start, this.#end));
    this.#owner.deadlines.set(this.#owner.headDeadline, this.#owner.limits.headTimeoutMs);
    this.#noteEmpty(this.#start === this.#end);
  }

  continuation(flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    if (this.#assembly.id === 0) {
      return this.#owner.fault(ERROR.protocol, "a CONTINUATION frame continues nothing");
    }
    if (!this.#assembly.add(bytes.subarray(from, to))) {
      return this.#owner.calm("a head comes in too many pieces");
    }
    if ((flags & FLAG.endHeaders) === 0) {
      this.#noteEmpty(from === to);
      return;
    }
    this.#owner.deadlines.clear(this.#owner.headDeadline);
    const { endsStream } = this.#assembly;
    const block = this.#assembly.finish();
    this.#block(id, endsStream, block, 0, block.length);
  }

  reset(id: number, code: number): void {
    const stream = this.#owner.table.get(id);
    if (!stream) return this.#afterEnd(id);
    // Those that we asked may reset what they like, and what is answered is paid for.
    const isPremature = this.#owner.isServer && stream.weMaySend;
    stream.resetByPeer(code);
    if (isPremature && !this.#owner.guard.noteReset()) {
      this.#owner.calm("too many streams are reset");
    }
  }

  // All that is left of priorities is that none may be absurd.
  priority(id: number, dependsOn: number): void {
    if (dependsOn === id) this.#owner.fault(ERROR.protocol, "a stream depends on itself");
  }

  windowUpdate(id: number, increment: number): void {
    if (id === 0) return this.#connectionWindowUpdate(increment);
    const stream = this.#owner.table.get(id);
    if (!stream) return this.#isIdle(id) ? this.#late(id) : undefined;
    if (increment === 0) return this.#offend(stream, ERROR.protocol, "a window grows by nothing");
    if (!stream.sender.widen(increment)) {
      this.#offend(stream, ERROR.flowControl, "the stream's window is too large");
    }
  }

  #connectionWindowUpdate(increment: number): void {
    const { scheduler } = this.#owner;
    if (increment === 0) return this.#owner.fault(ERROR.protocol, "a window grows by nothing");
    if (!scheduler.widen(increment)) {
      return this.#owner.fault(ERROR.flowControl, "the connection's window is too large");
    }
    scheduler.wake();
  }

  #unpad(flags: number, bytes: Buffer, from: number, to: number): boolean {
    this.#start = from;
    this.#end = to;
    if ((flags & FLAG.padded) === 0) return true;
    this.#start = from + 1;
    this.#end = to - (from < to ? bytes[from]! : 0);
    if (this.#start <= this.#end) return true;
    this.#owner.fault(ERROR.protocol, "a frame's padding is longer than the frame");
    return false;
  }

  // Priorities are gone from HTTP/2, their bytes aren't: RFC 9113 §5.3.2.
  #skipPriority(id: number, bytes: Buffer): boolean {
    const priorityAt = this.#start;
    this.#start += PRIORITY_BYTES;
    if (this.#start > this.#end) {
      this.#owner.fault(ERROR.frameSize, "a HEADERS frame is too short for its priority");
      return false;
    }
    if ((bytes.readInt32BE(priorityAt) & 0x7fff_ffff) !== id) return true;
    this.#owner.fault(ERROR.protocol, "a stream depends on itself");
    return false;
  }

  // Every block is decoded, also one that nobody wants: the tables must keep step.
  #block(id: number, endsStream: boolean, bytes: Buffer, from: number, to: number): void {
    const owner = this.#owner;
    this.#noteEmpty(false);
    switch (this.#decoder.decode(bytes, from, to)) {
      case "corrupt":
        return owner.fault(ERROR.compression, "a header block is corrupt");
      case "bomb":
        return owner.calm("a header block expands too much");
    }
    const stream = owner.table.get(id);
    if (stream?.peerMaySend) {
      return this.#unlessMalformed(stream, stream.receiveHead(this.#decoder, endsStream));
    }
    if (stream) return this.#offend(stream, ERROR.streamClosed, "HEADERS came after the end");
    const isNew = owner.isServer && id > owner.highestId && id % 2 === 1;
    if (isNew) owner.opened(id, this.#decoder, endsStream);
    else this.#late(id);
  }

  #isIdle(id: number): boolean {
    return id > this.#owner.highestId || id % 2 === 0;
  }

  // RST_STREAM may come after the end of both sides: it crossed our last frame.
  #afterEnd(id: number): void {
    if (this.#isIdle(id)) return this.#late(id);
    if (!this.#owner.guard.noteControl()) this.#owner.calm("too many frames for closed streams");
  }

  // A frame for a stream that has no record any more, or never had one. DATA is counted by bytes:
  // a whole window of small frames may be on its way to a stream that we reset.
  #late(id: number, dataBytes = -1): void {
    const owner = this.#owner;
    if (this.#isIdle(id)) return owner.fault(ERROR.protocol, `stream ${id} isn't open`);
    switch (owner.closedStreams.find(id)) {
      case "ended-by-peer":
        return owner.fault(ERROR.streamClosed, `stream ${id} is closed`);
      case "never-opened":
        return owner.fault(ERROR.protocol, `stream ${id} was passed over`);
      default:
        if (dataBytes >= 0 && owner.closedStreams.takeLate(dataBytes)) return;
        if (dataBytes >= 0) return owner.calm("DATA keeps coming for streams that were reset");
        if (!owner.guard.noteControl()) owner.calm("too many frames for closed streams");
    }
  }

  // Ends the stream for what the peer did with it.
  #offend(stream: Stream, code: ErrorCode, detail: string): void {
    stream.breakOff(code);
    stream.fail("malformed", "never", detail);
    if (!this.#owner.guard.noteReset()) this.#owner.calm("too many streams are reset");
  }

  // False: the connection has ended for it.
  #noteEmpty(isEmpty: boolean): boolean {
    const { guard } = this.#owner;
    if (!isEmpty) guard.noteFull();
    if (!isEmpty || guard.noteEmpty()) return true;
    this.#owner.calm("too many frames are empty");
    return false;
  }

  #unlessMalformed(stream: Stream, fault: string): void {
    if (fault !== "") this.#offend(stream, ERROR.protocol, fault);
  }
}
