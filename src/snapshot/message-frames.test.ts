import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { encodeMessage, MessageReader } from "./message-frames.ts";

const MESSAGES = [{ type: "ack", revision: 1 }, {}, { name: "Grüße".repeat(50) }];

test("messages arrive whole wherever the bytes are split", () => {
  const bytes = Buffer.concat(MESSAGES.map(encodeMessage));
  for (let at = 0; at <= bytes.length; at++) {
    const reader = new MessageReader();
    const parts = [bytes.subarray(0, at), bytes.subarray(at)].map((part) => reader.read(part));
    assert.deepEqual(
      parts.flatMap((part) => (part.kind === "messages" ? part.messages : [])),
      [...MESSAGES],
    );
  }
});

test("messages arrive whole byte by byte", () => {
  const reader = new MessageReader();
  const got = [...Buffer.concat(MESSAGES.map(encodeMessage))].flatMap((byte) => {
    const part = reader.read(Buffer.from([byte]));
    return part.kind === "messages" ? part.messages : assert.fail(part.reason);
  });
  assert.deepEqual(got, MESSAGES);
});

test("a length over the limit is refused before anything is kept", () => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(LIMITS.controlMessageBytesMax + 1);
  assert.equal(new MessageReader().read(bytes).kind, "broken");
});

test("bytes that are no JSON are refused", () => {
  const bytes = encodeMessage({});
  bytes[4] = 0x21;
  assert.equal(new MessageReader().read(bytes).kind, "broken");
});
