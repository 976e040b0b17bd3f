// Counts in `store`, over one connection that is opened when it is first needed and again when it
// was lost. What can't be counted in a second is undefined: no page fails for a number.

import { connect, type Socket } from "node:net";

type Waiting = { resolve(count: number | undefined): void; readonly timer: NodeJS.Timeout };

const TIMEOUT_MS = 1000;
const WAITING_MAX = 1000;
const REPLY_BYTES_MAX = 4096;
// Not at every page, where nobody answers.
const AGAIN_MS = 500;

export class Counter {
  readonly #address: { readonly host: string; readonly port: number };
  // Answers come in the order of the questions.
  #waiting: Waiting[] = [];
  #socket: Socket | undefined;
  #lostAtMs = Number.NEGATIVE_INFINITY;
  #unread = "";

  // Finds its address in WEFT_STORE_HOST and WEFT_STORE_PORT.
  constructor() {
    const host = process.env["WEFT_STORE_HOST"] ?? "";
    const port = Number(process.env["WEFT_STORE_PORT"]);
    if (host === "" || !Number.isInteger(port) || port < 1 || port > 65_535) {
      process.stderr.write("$WEFT_STORE_HOST and $WEFT_STORE_PORT must say where store is\n");
      process.exit(2);
    }
    this.#address = { host, port };
  }

  increment(key: string): Promise<number | undefined> {
    const socket = this.#connected();
    if (!socket || this.#waiting.length >= WAITING_MAX) return Promise.resolve(undefined);
    const { promise, resolve } = Promise.withResolvers<number | undefined>();
    const timer = setTimeout(() => socket.destroy(), TIMEOUT_MS);
    this.#waiting.push({ resolve, timer });
    socket.write(`*2\r\n$4\r\nINCR\r\n$${Buffer.byteLength(key)}\r\n${key}\r\n`);
    return promise;
  }

  #connected(): Socket | undefined {
    if (this.#socket) return this.#socket;
    if (performance.now() - this.#lostAtMs < AGAIN_MS) return undefined;
    const socket = connect({ ...this.#address, noDelay: true });
    socket.setEncoding("latin1");
    socket.on("data", (text) => this.#read(String(text), socket));
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.destroy());
    socket.on("close", () => this.#lose());
    this.#socket = socket;
    return socket;
  }

  #read(text: string, socket: Socket): void {
    const lines = `${this.#unread}${text}`.split("\r\n");
    this.#unread = lines.pop() ?? "";
    if (this.#unread.length > REPLY_BYTES_MAX) socket.destroy();
    for (const line of lines) {
      const first = this.#waiting.shift();
      if (!first) return void socket.destroy();
      clearTimeout(first.timer);
      first.resolve(line.startsWith(":") ? Number(line.slice(1)) : undefined);
    }
  }

  #lose(): void {
    const lost = this.#waiting;
    this.#waiting = [];
    this.#unread = "";
    this.#socket = undefined;
    this.#lostAtMs = performance.now();
    for (const { resolve, timer } of lost) {
      clearTimeout(timer);
      resolve(undefined);
    }
  }
}
