// Hot path.
//
// What both ends of an HTTP/2 connection have in common: its streams, windows, control frames and
// errors. server-connection.ts and client-connection.ts say what a request is to them.

import { Deadline, type Deadlines } from "#base/deadlines.ts";
import type { Limits } from "#base/limits.ts";
import type { BlockPool } from "#proxy/transport/block-pool.ts";
import type { ByteStream, ByteStreamEvents } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { Outgoing } from "#proxy/transport/outgoing.ts";
import { ClosedStreams } from "./closed-streams.ts";
import { Closing, type ClosingOwner } from "./closing.ts";
import type { ConnectionRole } from "./connection-role.ts";
import { FloodGuard } from "./flood-guard.ts";
import { frameFault } from "./frame-checks.ts";
import { FrameReader, type FrameSink } from "./frame-reader.ts";
import { ERROR, type ErrorCode, FLAG, FRAME } from "./frame-types.ts";
import { FrameWriter } from "./frame-writer.ts";
import { HeldBudgets } from "./held-bytes.ts";
import type { HpackDecoder } from "./hpack-decoder.ts";
import { Later } from "./later.ts";
import { ourSettings } from "./our-settings.ts";
import { PeerSettings } from "./peer-settings.ts";
import { ReceiveCredit } from "./receive-credit.ts";
import { SendScheduler } from "./send-scheduler.ts";
import type { Stream, StreamOwner } from "./stream.ts";
import { StreamFrames, type StreamFramesOwner } from "./stream-frames.ts";
import { StreamTable } from "./stream-table.ts";

// The first bit of these is reserved.
const BITS_31 = 0x7fff_ffff;

export class Connection
  implements StreamOwner, StreamFramesOwner, ClosingOwner, FrameSink, ByteStreamEvents
{
  readonly limits: Limits;
  readonly writer: FrameWriter;
  readonly scheduler: SendScheduler;
  readonly later: Later;
  readonly table = new StreamTable();
  readonly settings: PeerSettings;
  readonly closing: Closing;
  readonly credit: ReceiveCredit;
  readonly deadlines: Deadlines;
  readonly headDeadline: Deadline;
  readonly guard: FloodGuard;
  readonly buffers: HeldBudgets;
  readonly blocks: BlockPool;
  readonly closedStreams: ClosedStreams;
  readonly #role: ConnectionRole;
  readonly #stream: ByteStream;
  readonly #reader: FrameReader;
  readonly #frames: StreamFrames;
  readonly #settle = (): void => this.#settleNow();
  #isReadingNow = false;
  #isUnsettled = false;
  #highestId = 0;
  #bytesReceived = 0;
  #hasServed = false;
  #settingsAreKnown = false;

  constructor(stream: ByteStream, tools: CodecTools, role: ConnectionRole) {
    const out = new Outgoing(stream, tools.flusher, tools.blocks);
    this.limits = tools.limits.current;
    this.blocks = tools.blocks;
    this.#stream = stream;
    this.#role = role;
    this.closedStreams = new ClosedStreams(this.limits);
    this.guard = new FloodGuard(tools.clock, this.limits);
    this.deadlines = tools.deadlines;
    this.writer = new FrameWriter(out, this.limits);
    this.scheduler = new SendScheduler(this.writer, tools.flusher, this.guard);
    this.later = new Later(tools.flusher);
    this.settings = new PeerSettings(role.isServer, this.limits);
    this.closing = new Closing(stream, tools.deadlines, out, this.writer, this);
    this.credit = new ReceiveCredit(this.writer, role.limits.windowBytes);
    this.buffers = new HeldBudgets(tools.buffers, this.limits);
    this.headDeadline = new Deadline(() =>
      this.fault(ERROR.protocol, "a head or the first SETTINGS takes too long"),
    );
    this.#frames = new StreamFrames(this);
    this.#reader = new FrameReader(this, tools.blocks, role.isServer);
  }

  // The highest stream id used so far.
  get highestId(): number {
    return this.#highestId;
  }

  get bytesSent(): number {
    return this.writer.bytesSent;
  }

  get bytesReceived(): number {
    return this.#bytesReceived;
  }

  // We let nobody push, so a server opens no streams.
  get lastPeerId(): number {
    return this.#role.isServer ? this.#highestId : 0;
  }

  // An exchange has run to its end on it.
  get hasServed(): boolean {
    return this.#hasServed;
  }

  get isServer(): boolean {
    return this.#role.isServer;
  }

  get isReading(): boolean {
    return this.closing.isReading;
  }

  // Speaks first, and from then on gets the stream's events.
  start(): void {
    const { isServer, limits } = this.#role;
    if (!isServer) this.writer.preface();
    this.writer.settings(ourSettings(isServer, limits, this.limits));
    this.credit.giveBack();
    this.deadlines.set(this.headDeadline, this.limits.headTimeoutMs);
    this.#stream.attach(this);
  }

  destroy(): void {
    this.closing.giveUp();
    this.#stream.destroy();
  }

  // A new stream, of either end.
  add(stream: Stream): void {
    this.#highestId = stream.id;
    this.table.add(stream);
  }

  // A stream that the peer opens in vain.
  turnAway(id: number): void {
    this.#highestId = id;
    this.closedStreams.note(id, true, this.limits.streamWindowBytes);
  }

  // The same, and says so. Before the peer has seen how many streams we take, more are no offence.
  refuse(id: number, code: ErrorCode): void {
    this.turnAway(id);
    this.writer.reset(id, code);
    if (code === ERROR.refusedStream && !this.#settingsAreKnown) return;
    if (!this.guard.noteReset()) this.calm("too many streams are reset");
  }

  // ---- from the stream of bytes -----------------------------------------------------------------

  data(bytes: Uint8Array): void {
    if (!this.isReading) return;
    this.#bytesReceived += bytes.length;
    this.#isReadingNow = true;
    this.#reader.read(bytes);
    this.#role.readEnded();
    this.#isReadingNow = false;
    if (this.isReading) this.credit.giveBack();
    if (this.writer.framesUnread > this.limits.controlFramesQueuedMax)
      this.calm("no answer is read");
    if (this.#isUnsettled) this.#settleNow();
  }

  // Half a connection is of no use to HTTP/2: windows could never open again.
  ended(): void {
    if (!this.isReading) return;
    // Heads that still stand in our block stay there: others may be asked instead.
    if (!this.isServer) this.destroy();
    this.#loseAll("the peer closed the connection");
    this.closing.linger();
    this.streamsChanged();
  }

  drained(): void {
    const wasBlocked = this.writer.isBlocked;
    this.writer.unblock();
    this.scheduler.wake();
    if (wasBlocked) this.streamsChanged();
  }

  closed(code: string): void {
    // Before its streams hear of it: who tries again at once must not be given this connection.
    this.closing.close();
    this.#loseAll(code === "" ? "the connection was closed" : `the connection broke: ${code}`);
    this.#reader.close();
    this.deadlines.clear(this.headDeadline);
    this.#role.closed();
  }

  // ---- from the reader ------------------------------------------------------------------------

  frame(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const code = frameFault(type, flags, id, to - from);
    if (code !== ERROR.none) return this.fault(code, `a frame of type ${type} is malformed`);
    if (!this.settings.hasCome && (type !== FRAME.settings || (flags & FLAG.ack) !== 0)) {
      return this.fault(ERROR.protocol, "the first frame isn't SETTINGS");
    }
    const assemblingId = this.#frames.assemblingId;
    if (assemblingId !== 0 && (type !== FRAME.continuation || id !== assemblingId)) {
      return this.fault(ERROR.protocol, "a head was interrupted by another frame");
    }
    switch (type) {
      case FRAME.data:
        return this.#frames.data(flags, id, bytes, from, to);
      case FRAME.headers:
        return this.#frames.headers(flags, id, bytes, from, to);
      case FRAME.continuation:
        return this.#frames.continuation(flags, id, bytes, from, to);
      case FRAME.reset:
        return this.#frames.reset(id, bytes.readUInt32BE(from));
    }
    if (this.guard.noteControl()) return this.#control(type, flags, id, bytes, from, to);
    this.calm("too many frames carry nothing");
  }

  #control(type: number, flags: number, id: number, bytes: Buffer, from: number, to: number): void {
    const first = to - from >= 4 ? bytes.readInt32BE(from) & BITS_31 : 0;
    switch (type) {
      case FRAME.windowUpdate:
        return this.#frames.windowUpdate(id, first);
      case FRAME.priority:
        return this.#frames.priority(id, first);
      case FRAME.settings:
        if ((flags & FLAG.ack) === 0) return this.#settings(bytes, from, to);
        this.#settingsAreKnown = true;
        this.#frames.settingsKnown();
        return;
      case FRAME.ping:
        if ((flags & FLAG.ack) === 0) return this.writer.pingAck(bytes, from);
        return this.#role.pingAnswered();
      case FRAME.goAway:
        this.#role.goingAway(first, bytes.readUInt32BE(from + 4));
    }
  }

  #settings(bytes: Buffer, from: number, to: number): void {
    const { streamWindow, hasCome } = this.settings;
    const fault = this.settings.read(bytes, from, to);
    if (fault !== ERROR.none) return this.fault(fault, "SETTINGS has a forbidden value");
    if (!hasCome) this.deadlines.clear(this.headDeadline);
    this.writer.encoder.resizeTable(this.settings.headerTableBytes);
    this.writer.settingsAck();
    const wider = this.settings.streamWindow - streamWindow;
    if (wider !== 0 && !this.table.all().every((stream) => stream.sender.widen(wider))) {
      return this.fault(ERROR.flowControl, "SETTINGS makes a window too large");
    }
    this.streamsChanged();
  }

  // ---- from streams and their frames ------------------------------------------------------------

  opened(id: number, block: HpackDecoder, endsStream: boolean): void {
    this.#role.opened(id, block, endsStream);
  }

  // Tells the peer why, and ends the connection with all its streams.
  fault(code: ErrorCode, detail: string): void {
    if (!this.isReading) return;
    this.closing.fault(code, detail);
    for (const stream of this.table.all()) stream.fail("malformed", "never", detail);
    this.streamsChanged();
  }

  streamClosed(stream: Stream, isResetByUs: boolean, isServed: boolean): void {
    this.table.remove(stream);
    this.closedStreams.note(stream.id, isResetByUs, stream.receiver.windowLeft);
    if (isServed) {
      this.#hasServed = true;
      this.guard.noteServed();
    }
    this.streamsChanged();
  }

  calm(detail: string): void {
    this.fault(ERROR.enhanceYourCalm, detail);
  }

  #loseAll(detail: string): void {
    for (const stream of this.table.all()) stream.lose(detail);
  }

  streamsChanged(): void {
    if (this.#isUnsettled) return;
    this.#isUnsettled = true;
    if (!this.#isReadingNow) this.later.add(this.#settle);
  }

  #settleNow(): void {
    this.#isUnsettled = false;
    if (this.closing.isFinal && this.table.size === 0) this.closing.linger();
    this.#role.settled();
  }
}
