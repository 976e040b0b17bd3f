import assert from "node:assert/strict";
import { test } from "node:test";
import { upgradeProtocol } from "./upgrade-protocol.ts";

test("a protocol is a name, perhaps with a version, in lower case", () => {
  assert.equal(upgradeProtocol("websocket"), "websocket");
  assert.equal(upgradeProtocol("WebSocket"), "websocket");
  assert.equal(upgradeProtocol("SPDY/3.1"), "spdy/3.1");
});

test("several protocols, none, or HTTP itself are no protocol for a tunnel", () => {
  const values = ["", "websocket, h2c", "websocket,", "a b", "/", "a/", "/1", "a/1/2", "\xe9", "Ł"];
  for (const value of [...values, "h2c", "H2C", "h2", "HTTP/2.0", "HTTP/3", "h2c/1"]) {
    assert.equal(upgradeProtocol(value), "", value);
  }
});
