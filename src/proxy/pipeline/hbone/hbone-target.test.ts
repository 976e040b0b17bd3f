import assert from "node:assert/strict";
import { test } from "node:test";
import { hboneTargetOf } from "./hbone-target.ts";

test("an address and a port are a target, whichever way the address is written", () => {
  for (const [authority, address, port] of [
    ["10.0.0.7:8080", "10.0.0.7", 8080],
    ["[fd00::7]:1", "fd00::7", 1],
    ["[FD00:0:0::7]:65535", "fd00::7", 65_535],
    ["[::ffff:10.0.0.7]:80", "10.0.0.7", 80],
  ] as const) {
    assert.deepEqual(hboneTargetOf(authority), { address, port }, authority);
  }
});

test("whatever is no address with a port is no target", () => {
  for (const authority of [
    "",
    ":80",
    "10.0.0.7",
    "10.0.0.7:",
    "10.0.0.7:0",
    "10.0.0.7:080",
    "10.0.0.7:65536",
    "10.0.0.7:-1",
    "10.0.0.7:8e1",
    "10.0.0.7:80.5",
    "10.0.0.7:Infinity",
    "10.0.0:80",
    "0x0a000007:80",
    "167772167:80",
    "[10.0.0.7]:80",
    "fd00::7:80",
    "[fd00::7]",
    "[fe80::1%eth0]:80",
    "[fd00::7:80",
    "echo.shop:80",
    "localhost:80",
  ]) {
    assert.equal(hboneTargetOf(authority), undefined, authority);
  }
});
