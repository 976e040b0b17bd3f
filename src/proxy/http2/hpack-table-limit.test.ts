// A smaller table than RFC 7541's 4,096 bytes, which a document may ask for.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { FRAME, SETTING } from "./frame-types.ts";
import { HpackDecoder } from "./hpack-decoder.ts";
import { HpackEncoder } from "./hpack-encoder.ts";
import { rawDownstream, settle } from "./raw-peer.ts";

const SMALLER = { ...LIMITS, hpackTableBytes: 128 };
const ACCEPTOR = {
  request: () => ({ data() {}, end() {}, fail() {}, drained() {} }),
  refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
};

test("an encoder says in its first block that its table is smaller, and stays within it", () => {
  const encoder = new HpackEncoder(SMALLER);
  const decoder = new HpackDecoder(SMALLER);
  decoder.settingsKnown();
  const block = Buffer.alloc(4096);
  for (let i = 0; i < 20; i++) {
    encoder.begin(block, 0);
    encoder.fields([":method", "GET", "x-name", `value-${i % 3}`]);
    assert.equal(decoder.decode(block, 0, encoder.finish()), "ok");
    assert.ok(encoder.tableBytes <= 128 && decoder.tableBytes <= 128);
    assert.equal(encoder.tableBytes, decoder.tableBytes);
  }
});

test("a peer that knows of the smaller table and keeps a larger one is an error", () => {
  const block = Buffer.alloc(4096);
  const encoder = new HpackEncoder(LIMITS);
  encoder.begin(block, 0);
  encoder.fields(["x-name", "value"]);
  const end = encoder.finish();
  const decoder = new HpackDecoder(SMALLER);
  assert.equal(decoder.decode(block, 0, end), "ok", "it can't know yet");
  decoder.settingsKnown();
  assert.equal(decoder.decode(block, 0, end), "corrupt");
});

test("the smaller table is announced, and the default one isn't", async () => {
  const announced = async (limits: readonly ["hpackTableBytes", number][]) => {
    const { peer } = rawDownstream(ACCEPTOR, undefined, { limits });
    await settle();
    const { payload } = peer.of(FRAME.settings)[0]!;
    const values = new Map<number, number>();
    for (let at = 0; at < payload.length; at += 6) {
      values.set(payload.readUInt16BE(at), payload.readUInt32BE(at + 2));
    }
    return values.get(SETTING.headerTableSize);
  };
  assert.equal(await announced([]), undefined);
  assert.equal(await announced([["hpackTableBytes", 128]]), 128);
});
