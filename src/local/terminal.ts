// Where progress goes: plain lines, and on a terminal one more line at the bottom that is written
// over. Lines are kept in a log as well, for a mesh that runs on its own.

import type { ProcessLog } from "./process-log.ts";

const COLUMNS = 80; // of a terminal that doesn't say
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
    this.#show(printable);
  }

  // For the person at the terminal only: a log keeps no secrets, however short-lived.
  confidential(text: string): void {
    this.#show(escapeControls(text));
  }

  #show(printable: string): void {
    const status = this.#status;
    this.#stream.write(status === "" ? `${printable}\n` : `${CLEAR_LINE}${printable}\n${status}`);
  }

  // Why it can't be done; before there is any progress to show.
  error(text: string): void {
    this.#errors.write(`${escapeControls(text)}\n`);
  }

  status(text: string): void {
    if (!this.#stream.isTTY) return;
    // It must not wrap: only one line is cleared.
    const shown = text.slice(0, (this.#stream.columns || COLUMNS) - 1);
    if (shown === this.#status) return;
    this.#status = shown;
    this.#stream.write(`${CLEAR_LINE}${shown}`);
  }
}

// What processes print must not steer the terminal.
function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, "\u00b7");
}
