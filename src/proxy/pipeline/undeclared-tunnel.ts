// A connection of the application to a port of which nobody declares what it speaks. It is looked
// at, and meanwhile the tunnel that it may need is asked for, so that an upstream that speaks first
// is heard at once. docs/reference/detection.md says what is taken for what.

import { Deadline } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import { detectFirstWord, type FirstWord } from "#proxy/detection/detect-first-word.ts";
import { type DetectedProtocol, detectProtocol } from "#proxy/detection/detect-protocol.ts";
import { GateStream } from "#proxy/detection/gate-stream.ts";
import type { PortLesson } from "#proxy/detection/port-lesson.ts";
import type { ReplayStream } from "#proxy/detection/replay-stream.ts";
import { type Sniffing, sniff } from "#proxy/detection/sniffing-stream.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import type { OpenConnection } from "./open-connections.ts";

export type UndeclaredTunnelOptions = {
  readonly tools: CodecTools;
  readonly lesson: PortLesson;
  // Asks for a tunnel, which carries the stream when it is open.
  readonly carry: (stream: ByteStream) => void;
  readonly speak: (protocol: "http1" | "http2", stream: ByteStream) => void;
  // Of what begins as HTTP/1: it is carried as bytes all the same.
  readonly isForProxy?: ((bytes: Buffer) => boolean) | undefined;
  // It is known, or gone.
  readonly closed: () => void;
};

type Verdict = DetectedProtocol | "timeout";

export class UndeclaredTunnel implements OpenConnection {
  readonly #stream: ByteStream;
  readonly #options: UndeclaredTunnelOptions;
  readonly #sniffing: Sniffing;
  // Until which an application that is known to speak HTTP isn't dialled for nothing; and from a
  // tunnel's failure, until which its caller may say that it needs none.
  readonly #quiet = new Deadline(() => this.#wasQuiet());
  readonly #leave = new Deadline(() => this.#gate?.close(""));
  #gate: GateStream | undefined;
  #hasSpoken = false;
  #firstWord: FirstWord | undefined;

  constructor(stream: ByteStream, options: UndeclaredTunnelOptions) {
    this.#stream = stream;
    this.#options = options;
    const { tools, lesson, closed } = options;
    const known = lesson.protocol;
    const isSure = known === "tcp" || known === "tls";
    this.#sniffing = sniff<DetectedProtocol>(
      stream,
      tools.deadlines,
      tools.limits.current.sniffTimeoutMs,
      {
        decide: (bytes) => this.#decide(bytes, isSure),
        done: (verdict, replay) => this.#known(verdict, replay),
        closed: (code) => {
          tools.deadlines.clear(this.#quiet);
          this.#gate?.close(code);
          closed();
        },
      },
    );
    if (known === "http" || known === "http2") {
      tools.deadlines.set(this.#quiet, LIMITS.sniffQuietMs);
    } else this.#dial();
  }

  // Nothing was asked yet.
  drain(): void {
    this.#stream.destroy();
  }

  destroy(): void {
    this.#stream.destroy();
  }

  // `isSure`: it is no HTTP, unless it says at once that it is.
  #decide(bytes: Buffer, isSure: boolean): DetectedProtocol | undefined {
    this.#hasSpoken = true;
    const detected = detectProtocol(bytes);
    if (detected === "http1" && this.#options.isForProxy?.(bytes)) return "other";
    if (detected !== "undecided") return detected;
    return isSure ? "other" : undefined;
  }

  #dial(): void {
    this.#gate = new GateStream(this.#stream.remote, {
      spoke: (bytes) => {
        const word = detectFirstWord(bytes);
        if (word === "settings") return;
        this.#firstWord = word;
        this.#sniffing.giveUp();
      },
      failed: () => {
        const { deadlines } = this.#options.tools;
        if (!this.#hasSpoken) deadlines.set(this.#quiet, LIMITS.sniffQuietMs);
      },
    });
    this.#options.carry(this.#gate);
  }

  #wasQuiet(): void {
    if (this.#gate?.isGone) this.#sniffing.giveUp();
    else if (!this.#gate) this.#dial();
  }

  #known(verdict: Verdict, replay: ReplayStream): void {
    const { tools, lesson, speak, closed } = this.#options;
    tools.deadlines.clear(this.#quiet);
    closed();
    switch (verdict) {
      case "http1":
      case "http2":
        this.#letGo();
        lesson.learn(verdict === "http1" ? "http" : "http2", "first-bytes");
        return speak(verdict, replay);
      case "tls":
        lesson.learn("tls", "first-bytes");
        return this.#join(replay);
      case "timeout":
        // Who says nothing teaches nothing.
        if (this.#hasSpoken) lesson.learn("tcp", "silence");
        else lesson.count("tcp", "silence");
        return this.#join(replay);
      default:
        this.#learnBytes();
        return this.#join(replay);
    }
  }

  #learnBytes(): void {
    const { lesson } = this.#options;
    if (this.#firstWord === "other") lesson.learn("tcp", "server-first");
    else if (this.#firstWord === undefined && this.#hasSpoken) lesson.learn("tcp", "first-bytes");
  }

  #join(replay: ReplayStream): void {
    const gate = this.#gate;
    if (gate && !gate.isGone) return gate.open(replay);
    // A tunnel that came to nothing was tried for long enough; who has spoken gets another try.
    if (gate && !this.#hasSpoken) return replay.reset();
    this.#options.carry(replay);
  }

  #letGo(): void {
    if (!this.#gate) return;
    this.#gate.leave();
    this.#options.tools.deadlines.set(this.#leave, LIMITS.lingerMs);
  }
}
