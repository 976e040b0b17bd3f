// A proxy as the control plane sees it, and nothing else: mTLS, one control stream, hello with its
// keys, an answer to every update. Of plans it keeps nothing.

import { type ClientHttp2Session, type ClientHttp2Stream, connect } from "node:http2";
import type { SecureContext } from "node:tls";
import { encodeMessage, MessageReader } from "#snapshot/message-frames.ts";
import { CONTROL_PATHS, type DownMessage, type Hello, type Update } from "#snapshot/messages.ts";
import type { Report } from "#snapshot/report.ts";

export type LightSettings = {
  readonly control: { readonly address: string; readonly port: number };
  // Its certificate and its trust.
  readonly context: SecureContext;
  readonly workload: Hello["workload"];
  readonly address: string;
  readonly keys: readonly string[];
  // Before each answer.
  readonly pauseMs?: number;
};

export type LightEvents = {
  // It has taken the update, and said so.
  answered(client: LightClient, update: Update): void;
  lost(client: LightClient, reason: string): void;
};

export class LightClient {
  readonly settings: LightSettings;
  updates = 0;
  bytes = 0;
  readonly #events: LightEvents;
  readonly #session: ClientHttp2Session;
  readonly #stream: ClientHttp2Stream;
  #isClosed = false;

  constructor(settings: LightSettings, events: LightEvents) {
    this.settings = settings;
    this.#events = events;
    const { address, port } = settings.control;
    this.#session = connect(`https://${address}:${port}`, {
      secureContext: settings.context,
      minVersion: "TLSv1.3",
      // It has a SPIFFE identity, not a name.
      checkServerIdentity: () => undefined,
    });
    this.#session.on("error", (error) => this.#lost(error.message));
    const head = { ":method": "POST", ":path": CONTROL_PATHS.stream };
    this.#stream = this.#session.request(head, { endStream: false });
    this.#stream.on("error", (error) => this.#lost(error.message));
    this.#stream.on("close", () => this.#lost("the stream is closed"));
    const reader = new MessageReader();
    this.#stream.on("data", (chunk: Buffer) => {
      this.bytes += chunk.length;
      const read = reader.read(chunk);
      if (read.kind === "broken") return this.#lost(read.reason);
      for (const message of read.messages) this.#take(message as DownMessage);
    });
    this.#greet();
  }

  setReady(isReady: boolean): void {
    this.#stream.write(encodeMessage({ type: "state", isReady }));
  }

  report(report: Report): void {
    this.#stream.write(encodeMessage({ type: "report", report }));
  }

  close(): void {
    this.#isClosed = true;
    this.#session.destroy();
  }

  #greet(): void {
    const { workload, address, keys } = this.settings;
    const hello: Hello = {
      ...{ type: "hello", protocol: 1, version: "light", workload, address, meshPort: 15_008 },
      ...{ metrics: "", revision: 0, held: [], keys, isReady: true },
    };
    this.#stream.write(encodeMessage(hello));
  }

  #take(message: DownMessage): void {
    if (message.type === "notice") return this.#lost(message.message);
    if (message.type !== "update") return;
    const { pauseMs = 0 } = this.settings;
    if (pauseMs > 0) setTimeout(() => this.#answer(message), pauseMs);
    else this.#answer(message);
  }

  #answer(update: Update): void {
    if (this.#isClosed) return;
    this.updates++;
    this.#stream.write(encodeMessage({ type: "ack", revision: update.revision }));
    this.#events.answered(this, update);
  }

  #lost(reason: string): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#events.lost(this, reason);
    this.#session.destroy();
  }
}
