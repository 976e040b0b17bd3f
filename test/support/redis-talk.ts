// Talks to Redis over a connection, in its own protocol (RESP2), as far as the tests need it.

import type { Socket } from "node:net";

export type Reply = string | number | null | readonly Reply[];

type Read = { readonly reply: Reply; readonly end: number };

const LINE_END = "\r\n";

export class RedisTalk {
  readonly #socket: Socket;
  readonly #replies: Reply[] = [];
  readonly #waiting: ((reply: Reply) => void)[] = [];
  #text = "";

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.setEncoding("latin1").on("data", (text: string) => this.#take(text));
  }

  // All of them in one write; the replies come in order.
  send(...commands: readonly (readonly string[])[]): void {
    this.#socket.write(commands.map(commandText).join(""), "latin1");
  }

  reply(): Promise<Reply> {
    const reply = this.#replies.shift();
    if (reply !== undefined) return Promise.resolve(reply);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  // How many have come that nobody has asked for.
  get unread(): number {
    return this.#replies.length;
  }

  ask(...command: readonly string[]): Promise<Reply> {
    this.send(command);
    return this.reply();
  }

  close(): void {
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#text += text;
    for (let read = readReply(this.#text, 0); read; read = readReply(this.#text, 0)) {
      this.#text = this.#text.slice(read.end);
      const waiter = this.#waiting.shift();
      if (waiter) waiter(read.reply);
      else this.#replies.push(read.reply);
    }
  }
}

function commandText(words: readonly string[]): string {
  const parts = words.map((word) => `$${word.length}${LINE_END}${word}${LINE_END}`);
  return `*${words.length}${LINE_END}${parts.join("")}`;
}

// Undefined where it has not come whole.
function readReply(text: string, at: number): Read | undefined {
  const lineEnd = text.indexOf(LINE_END, at);
  if (lineEnd < 0) return undefined;
  const line = text.slice(at + 1, lineEnd);
  const end = lineEnd + LINE_END.length;
  switch (text[at]) {
    case ":":
      return { reply: Number(line), end };
    case "$":
      return readBulk(text, Number(line), end);
    case "*":
      return readList(text, Number(line), end);
    default:
      return { reply: line, end };
  }
}

function readBulk(text: string, length: number, from: number): Read | undefined {
  if (length < 0) return { reply: null, end: from };
  const end = from + length + LINE_END.length;
  return text.length < end ? undefined : { reply: text.slice(from, from + length), end };
}

function readList(text: string, length: number, from: number): Read | undefined {
  if (length < 0) return { reply: null, end: from };
  const replies: Reply[] = [];
  let end = from;
  for (let i = 0; i < length; i++) {
    const read = readReply(text, end);
    if (!read) return undefined;
    replies.push(read.reply);
    end = read.end;
  }
  return { reply: replies, end };
}
