import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { findHeader } from "#proxy/exchange/find-header.ts";
import { requestHead } from "./test-rig.ts";
import { withWebsocketAccept } from "./websocket-accept.ts";
import { withWebsocketKey } from "./websocket-key.ts";

// RFC 6455 §1.3.
const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
const ASKED = requestHead({ upgrade: "websocket", headers: ["sec-websocket-key", KEY] });
const SWITCHED = { status: 101, headers: ["a", "b"], contentLength: -1 };

test("a key that nobody answered is answered as the RFC says", () => {
  const { headers } = withWebsocketAccept(ASKED, SWITCHED);
  assert.deepEqual(headers, ["a", "b", "sec-websocket-accept", ACCEPT]);
});

test("an answer that has its proof, or was asked for none, stays as it is", () => {
  const proven = { ...SWITCHED, headers: ["sec-websocket-accept", "x"] };
  assert.equal(withWebsocketAccept(ASKED, proven), proven);
  assert.equal(withWebsocketAccept({ ...ASKED, headers: [] }, SWITCHED), SWITCHED);
  assert.equal(withWebsocketAccept({ ...ASKED, upgrade: "echo" }, SWITCHED), SWITCHED);
});

test("a request without a key gets one of sixteen bytes, another one each time", () => {
  const clock = new FakeClock();
  const bare = requestHead({ upgrade: "websocket" });
  const keys = ["a:1", "a:2"].map((remote) => {
    return findHeader(withWebsocketKey(bare, clock, remote).headers, "sec-websocket-key")!;
  });
  assert.notEqual(keys[0], keys[1]);
  for (const key of keys) assert.equal(Buffer.from(key, "base64").length, 16);
  assert.equal(withWebsocketKey(ASKED, clock, "a:1"), ASKED);
  const other = requestHead({ upgrade: "echo" });
  assert.equal(withWebsocketKey(other, clock, "a:1"), other);
});
