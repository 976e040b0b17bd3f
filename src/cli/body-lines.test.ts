import assert from "node:assert/strict";
import { test } from "node:test";
import type { TappedBody } from "#api/tap.ts";
import { bodyLines } from "./body-lines.ts";

const NONE: TappedBody = { size: 0, type: "", encoding: "", truncated: false };

function linesOf(body: Partial<TappedBody>): readonly string[] {
  return bodyLines({ request: NONE, response: { ...NONE, size: 7, ...body } });
}

test("a body stands below its size and type, and one that is none doesn't", () => {
  assert.deepEqual(linesOf({ type: "text/plain", text: "a\r\n\tb" }), [
    "    response-body=7B (text/plain)",
    "        a",
    "          b",
  ]);
  assert.deepEqual(bodyLines({ request: NONE, response: NONE }), []);
  assert.deepEqual(bodyLines(undefined), []);
});

test("what is not told is said", () => {
  assert.deepEqual(linesOf({ truncated: true, unfinished: true, text: "ab" }), [
    "    response-body=7B truncated unfinished",
    "        ab",
  ]);
  const zipped = { type: "application/json", encoding: "gzip", truncated: true } as const;
  assert.deepEqual(linesOf({ ...zipped, withheld: "encoded" }), [
    "    response-body=7B (application/json gzip) truncated",
    "        <left out: compressed, so that secrets in it can't be found>",
  ]);
});

test("bytes are lines of base64", () => {
  assert.deepEqual(linesOf({ base64: "A".repeat(100) }), [
    "    response-body=7B base64",
    `        ${"A".repeat(76)}`,
    `        ${"A".repeat(24)}`,
  ]);
});

test("no body moves a cursor or begins a line of its own", () => {
  const text = "\u001b[2J\u009b1m\u202e\rreq id=1\n\nend id=2\u2028end";
  for (const line of linesOf({ text, type: "a\u001b[2J" })) {
    assert.match(line, /^ {4}/);
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\u2028]/u);
  }
});
