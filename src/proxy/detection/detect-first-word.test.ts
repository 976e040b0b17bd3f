import assert from "node:assert/strict";
import { test } from "node:test";
import { detectFirstWord } from "./detect-first-word.ts";

const WORDS = [
  ["an empty SETTINGS frame", "settings", "000000040000000000"],
  ["SETTINGS with what follows", "settings", "00000604000000000000030000006400000408"],
  ["an acknowledgement of SETTINGS", "other", "000000040100000000"],
  ["SETTINGS on a stream", "other", "000000040000000001"],
  ["SETTINGS that are no multiple of six", "other", "000005040000000000"],
  ["another frame", "other", "000000070000000000"],
  ["the beginning of a frame", "other", "00000004"],
  ["MySQL's greeting", "other", "4a0000000a382e302e3336"],
  ["an HTTP/1 answer", "answer", hex("HTTP/1.1 408 Request Timeout\r\n")],
  ["SMTP's greeting", "other", hex("220 mail\r\n")],
  ["a letter", "other", hex("H")],
] as const;

for (const [name, word, bytes] of WORDS) {
  test(`${name} is a first word of kind "${word}"`, () => {
    assert.equal(detectFirstWord(Buffer.from(bytes, "hex")), word);
  });
}

function hex(text: string): string {
  return Buffer.from(text).toString("hex");
}
