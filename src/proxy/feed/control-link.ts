// Keeps the connection to the control plane: dials, opens the control stream, and dials again, with
// back-off, when it is gone. Requests never wait for it.

import type { Clock, Timer } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import type { Random } from "#base/random.ts";
import type { UpstreamConnection, UpstreamStream } from "#proxy/exchange/exchange.ts";
import { Http2ClientConnection } from "#proxy/http2/client-connection.ts";
import type { ByteStream, DialEvents, Dialing } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { encodeMessage } from "#snapshot/message-frames.ts";
import { CONTROL_PATHS, type UpMessage } from "#snapshot/messages.ts";
import { MessageEvents } from "./message-events.ts";
import type { PlanFeed } from "./plan-feed.ts";

const FIRST_DELAY_MS = 50;
const DELAY_MOST_MS = 2_000;
const CONNECT_WITHIN_MS = 2_000;

export type ControlLinkOptions = {
  readonly dial: (timeoutMs: number, events: DialEvents) => Dialing;
  readonly feed: PlanFeed;
  readonly tools: CodecTools;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  // Whoever answers there doesn't lead to a root of ours.
  readonly untrusted: () => void;
};

export class ControlLink {
  readonly #options: ControlLinkOptions;
  #connection: UpstreamConnection | undefined;
  #dialing: Dialing | undefined;
  #timer: Timer | undefined;
  #failures = 0;
  #isStopped = false;

  constructor(options: ControlLinkOptions) {
    this.#options = options;
  }

  get connection(): UpstreamConnection | undefined {
    return this.#connection;
  }

  start(): void {
    this.#dial();
  }

  // With our new certificate.
  renew(): void {
    this.#connection?.destroy();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
    this.#dialing?.cancel();
    this.#connection?.destroy();
  }

  #dial(): void {
    this.#dialing = this.#options.dial(CONNECT_WITHIN_MS, {
      connected: (stream) => {
        this.#dialing = undefined;
        this.#converse(stream);
      },
      failed: ({ kind, detail }) => {
        this.#dialing = undefined;
        if (kind === "untrusted") this.#options.untrusted();
        if (this.#failures === 0) {
          const { log } = this.#options;
          log.warn("Cannot reach the control plane; serving from what is known", { kind, detail });
        }
        this.#dialLater();
      },
    });
  }

  #dialLater(): void {
    if (this.#isStopped) return;
    const { clock, random } = this.#options;
    const mostMs = Math.min(DELAY_MOST_MS, FIRST_DELAY_MS * 2 ** this.#failures);
    this.#failures = Math.min(this.#failures + 1, 10);
    this.#timer = clock.after(mostMs * (0.5 + random() / 2), () => this.#dial());
  }

  #converse(stream: ByteStream): void {
    const { feed, tools, log } = this.#options;
    const connection = new Http2ClientConnection(
      stream,
      {
        slotsChanged() {},
        draining: () => connection.destroy(),
        closed: () => {
          this.#connection = undefined;
          feed.closed();
          this.#dialLater();
        },
      },
      tools,
    );
    this.#connection = connection;
    let sending: UpstreamStream | undefined;
    let isBlocked = false;
    const events = new MessageEvents({
      opened: () => {
        if (this.#failures > 1) log.info("The control plane is back");
        this.#failures = 0;
        feed.opened((message: UpMessage) => {
          // What was seen may be lost; nothing else may.
          if (isBlocked && (message.type === "report" || message.type === "tap")) return;
          isBlocked = !sending!.write(encodeMessage(message));
        });
      },
      message: (message) => feed.received(message as never),
      drained: () => {
        isBlocked = false;
      },
      over: (reason) => {
        if (reason !== "") log.warn("The control stream broke", { reason });
        connection.destroy();
      },
    });
    sending = connection.open(controlRequest(CONTROL_PATHS.stream), events);
  }
}

export function controlRequest(path: string) {
  return {
    method: "POST",
    scheme: "https",
    authority: "control.weft",
    path,
    headers: ["content-type", "application/octet-stream"],
    contentLength: -1,
  } as const;
}
