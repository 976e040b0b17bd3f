import assert from "node:assert/strict";
import { test } from "node:test";
import { Terminal } from "./terminal.ts";

test("without a terminal there are plain lines only", () => {
  const text = written(false, (terminal) => {
    terminal.status("0 of 2");
    terminal.line("web is ready");
  });
  assert.equal(text, "web is ready\n");
});

test("on a terminal the status stays below the lines and never wraps", () => {
  const text = written(true, (terminal) => {
    terminal.status("0 of 2 workloads ready");
    terminal.line("web is ready");
    terminal.status("");
  });
  const clear = "\r\u001b[2K";
  const status = "0 of 2 wo";
  assert.equal(text, `${clear}${status}${clear}web is ready\n${status}${clear}`);
});

test("what a process prints cannot steer the terminal", () => {
  const text = written(false, (terminal) => terminal.line("a\u001b[2Jb\tc"));
  assert.equal(text, "a\u00b7[2Jb\tc\n");
});

function written(isTTY: boolean, write: (terminal: Terminal) => void): string {
  let text = "";
  const stream = {
    isTTY,
    columns: 10,
    write: (part: string) => {
      text += part;
    },
  };
  write(new Terminal(stream, stream));
  return text;
}
