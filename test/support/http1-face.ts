// Lets a program that upgrades over HTTP/1 do so over an HTTP/2 stream (RFC 8441): the head that it
// writes is handed over as text, everything after it goes through as it is.

import { Duplex } from "node:stream";

const END_OF_HEAD = "\r\n\r\n";

export class Http1Face extends Duplex {
  // Gives the stream that belongs to the head: an own one, or one that there was before.
  readonly #begin: (head: string) => Duplex;
  #head = "";
  #stream: Duplex | undefined;

  constructor(begin: (head: string) => Duplex) {
    super();
    this.#begin = begin;
  }

  // What the other side says, from now on.
  listenTo(stream: Duplex): void {
    stream.on("data", (bytes: Buffer) => {
      if (!this.push(bytes)) stream.pause();
    });
    stream.on("end", () => this.push(null));
    stream.on("error", (error) => this.destroy(error));
    stream.on("close", () => this.destroy());
  }

  override _write(bytes: Buffer, _: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.#stream) return void this.#stream.write(bytes, done);
    this.#head += bytes.toString("latin1");
    const end = this.#head.indexOf(END_OF_HEAD);
    if (end < 0) return done();
    this.#stream = this.#begin(this.#head.slice(0, end));
    const rest = Buffer.from(this.#head.slice(end + END_OF_HEAD.length), "latin1");
    if (rest.length === 0) return done();
    this.#stream.write(rest, done);
  }

  override _final(done: () => void): void {
    this.#stream?.end();
    done();
  }

  override _read(): void {
    this.#stream?.resume();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.#stream?.destroy();
    done(error);
  }
}

// Names in lower case. `first`: "GET /x HTTP/1.1", or a status line.
export function readHead(text: string) {
  const [first = "", ...lines] = text.split("\r\n");
  const fields = lines.map((line) => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
  });
  return { first, fields };
}
