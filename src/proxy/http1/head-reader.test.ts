import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { HeadReader } from "./head-reader.ts";
import { splitsOf } from "./splits.ts";

const HEAD = "\r\nGET / HTTP/1.1\r\nHost: a\r\nX: \xe9\r\n\r\n";

test("a head is the same however it was cut, and takes nothing of what follows", () => {
  for (const parts of splitsOf(HEAD + "body")) {
    const reader = new HeadReader(LIMITS.headBytesMax);
    let rest = "";
    for (const part of parts) {
      const at = reader.bytes ? 0 : reader.read(part, 0);
      rest += part.toString("latin1", at);
    }
    assert.equal(textOf(reader), HEAD);
    assert.equal(rest, "body");
  }
});

test("a head may be as long as the limit and no longer, whole or in pieces", () => {
  for (const step of [LIMITS.headBytesMax * 2, 1000, 4099]) {
    assert.equal(outcome(headOf(LIMITS.headBytesMax - 1), step), "complete");
    assert.equal(outcome(headOf(LIMITS.headBytesMax), step), "complete");
    assert.equal(outcome(headOf(LIMITS.headBytesMax + 1), step), "too-large");
  }
});

test("a head that never ends is refused at the limit", () => {
  assert.equal(outcome("a".repeat(LIMITS.headBytesMax), 10_000), "too-large");
  assert.equal(outcome("a".repeat(LIMITS.headBytesMax - 1), 10_000), "partial");
});

test("bytes that no head can contain are refused when they come, not at its end", () => {
  for (const bad of [
    "\x16\x03\x01",
    "GET / HTTP/1.1\n",
    "a\rb",
    "a\r\n\rb",
    "a\0",
    "a\x7f",
    "\n",
  ]) {
    for (const parts of splitsOf(bad)) {
      const reader = new HeadReader(LIMITS.headBytesMax);
      for (const part of parts) if (!reader.fault) reader.read(part, 0);
      assert.equal(reader.fault?.kind, "malformed", JSON.stringify(bad));
    }
  }
});

test("an empty line alone is no head yet", () => {
  const reader = new HeadReader(LIMITS.headBytesMax);
  assert.equal(reader.isBlank, true);
  reader.read(Buffer.from("\r\n"), 0);
  assert.equal(reader.isBlank, true);
  assert.equal(reader.isEmpty, false);
  reader.read(Buffer.from("G"), 0);
  assert.equal(reader.isBlank, false);
});

function headOf(length: number): string {
  return "a".repeat(length - 4) + "\r\n\r\n";
}

function outcome(text: string, step: number): string {
  const reader = new HeadReader(LIMITS.headBytesMax);
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length && !reader.fault; at += step) {
    reader.read(bytes.subarray(at, at + step), 0);
  }
  if (reader.fault) return reader.fault.kind;
  return textOf(reader) === text ? "complete" : "partial";
}

function textOf({ bytes, start, end }: HeadReader): string | undefined {
  return bytes?.toString("latin1", start, end);
}
