// Hot path.
//
// One connection of a load of HTTP/1.1: sends a request, reads its answer, never two at a time. It
// dials when a request needs it, and again after it was closed; between requests it may lie closed
// for as long as it likes.

import { connect, type Socket } from "node:net";
import { AnswerParser } from "./answer-parser.ts";
import type { DialTarget, LaneEvents, LoadLane } from "./load-lane.ts";
import type { LoadErrorKind } from "./load-result.ts";
import type { Rendered } from "./request-source.ts";

export class LoadConnection implements LoadLane<Rendered> {
  readonly #target: DialTarget;
  readonly #keepsAlive: boolean;
  readonly #events: LaneEvents<Rendered>;
  // One for all connections: bytes are read out of it before another read begins.
  readonly #buffer: Buffer;
  readonly #parser = new AnswerParser();
  #socket: Socket | undefined;
  #isConnected = false;
  #isBusy = false;
  #text = "";
  #sinceMs = 0;
  #sentAtMs = 0;

  constructor(
    target: DialTarget,
    keepsAlive: boolean,
    buffer: Buffer,
    events: LaneEvents<Rendered>,
  ) {
    this.#target = target;
    this.#keepsAlive = keepsAlive;
    this.#buffer = buffer;
    this.#events = events;
  }

  get isBusy(): boolean {
    return this.#isBusy;
  }

  get sinceMs(): number {
    return this.#sinceMs;
  }

  get sentAtMs(): number {
    return this.#sentAtMs;
  }

  get status(): number {
    return this.#parser.status;
  }

  get bodyBytes(): number {
    return this.#parser.bodyBytes;
  }

  // gRPC needs HTTP/2.
  get grpcStatus(): number {
    return -1;
  }

  send(request: Rendered, sinceMs: number, nowMs: number): void {
    this.#isBusy = true;
    this.#sinceMs = sinceMs;
    this.#sentAtMs = nowMs;
    this.#parser.expect(request.isHead);
    if (this.#socket && this.#isConnected) {
      this.#socket.write(request.text, "latin1");
    } else {
      this.#text = request.text;
      this.dial();
    }
  }

  dial(): void {
    if (this.#socket) return;
    const onread = {
      buffer: this.#buffer,
      callback: (length: number): boolean => this.#read(socket, length),
    };
    const socket: Socket = connect({ ...this.#target, noDelay: true, onread });
    this.#socket = socket;
    socket.on("connect", () => this.#connected(socket));
    socket.on("end", () => this.#ended(socket));
    socket.on("error", () => this.#broken(socket));
    socket.on("close", () => this.#broken(socket));
  }

  expire(): void {
    this.#close();
    this.#fail("timeout");
  }

  close(): void {
    this.#isBusy = false;
    this.#close();
  }

  #connected(socket: Socket): void {
    if (socket !== this.#socket) return;
    this.#isConnected = true;
    const text = this.#text;
    this.#text = "";
    if (text !== "") socket.write(text, "latin1");
  }

  #read(socket: Socket, length: number): boolean {
    if (socket !== this.#socket) return true;
    // Nobody asked: what a connection says of itself (a 408, say) ends it.
    if (!this.#isBusy) {
      this.#close();
      return true;
    }
    const progress = this.#parser.feed(this.#buffer, length);
    if (progress === "done") {
      // An answer before the request is out leaves the rest of the request on the way.
      const isOut = socket.writableLength === 0;
      if (!this.#keepsAlive || !this.#parser.keepsAlive || !isOut) this.#close();
      this.#answer();
    } else if (progress === "fault") {
      this.#close();
      this.#fail("framing");
    }
    return true;
  }

  #ended(socket: Socket): void {
    if (socket !== this.#socket) return;
    const isWhole = this.#isBusy && this.#parser.finish();
    this.#close();
    if (isWhole) this.#answer();
    else this.#fail("cut");
  }

  #broken(socket: Socket): void {
    if (socket !== this.#socket) return;
    const kind = this.#isConnected ? "reset" : "connect";
    this.#close();
    this.#fail(kind);
  }

  #answer(): void {
    this.#isBusy = false;
    this.#events.answered(this);
  }

  #fail(kind: LoadErrorKind): void {
    if (!this.#isBusy) return;
    this.#isBusy = false;
    this.#events.failed(this, kind);
  }

  #close(): void {
    const socket = this.#socket;
    this.#socket = undefined;
    this.#isConnected = false;
    this.#text = "";
    socket?.destroy();
  }
}
