// Where progress goes: plain lines, and on a terminal one more line at the bottom that is written
// over. Lines are kept in a log as well, for a mesh that runs on its own.

import type { ProcessLog } from "./process-log.ts";

const CLEAR_LINE = "\r\u001b[2K";

export type TerminalStream = {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
};

export class Terminal {
  readonly #stream: TerminalStream;
  readonly #errors: TerminalStream;
  #log: ProcessLog | undefined;
  #status = "";

  constructor(stream: TerminalStream, errors: TerminalStream) {
    this.#stream = stream;
    this.#errors = errors;
  }

  keepIn(log: ProcessLog): void {
    this.#log = log;
  }

  line(text: string): void {
    const printable = escapeControls(text);
    this.#log?.write(Buffer.from(`${printable}\n`));
    const status = this.#status;
    this.#stream.write(status === "" ? `${printable}\n` : `${CLEAR_LINE}${printable}\n${status}`);
  }

  // Why it can't be done; before there is any progress to show.
  error(text: string): void {
    this.#errors.write(`${escapeControls(text)}\n`);
  }

  status(text: string): void {
    if (!this.#stream.isTTY || text === this.#status) return;
    this.#status = text.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1));
    this.#stream.write(`${CLEAR_LINE}${this.#status}`);
  }
}

// What processes print must not steer the terminal.
function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\u00b7");
}
