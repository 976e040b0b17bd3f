import assert from "node:assert/strict";
import { test } from "node:test";
import { trustedPeers } from "./trusted-peers.ts";

test("a range takes the addresses in it, in every form of theirs", () => {
  const peers = trusted(["10.0.0.0/8", "2001:db8::/32", "fe80::/10"]);
  for (const address of ["10.1.2.3", "::ffff:10.1.2.3", "2001:DB8::1", "fe80::1%eth0"]) {
    assert.ok(peers.includes(address), address);
  }
  for (const address of ["11.0.0.1", "::ffff:11.0.0.1", "2001:db9::1", "::1", "", "unknown"]) {
    assert.ok(!peers.includes(address), address);
  }
});

test("all of one family is none of the other", () => {
  assert.ok(trusted(["::/0"]).includes("2001:db8::1"));
  assert.ok(!trusted(["::/0"]).includes("192.0.2.1"));
  assert.ok(!trusted(["0.0.0.0/0"]).includes("2001:db8::1"));
  assert.ok(!trusted([]).includes("192.0.2.1"));
});

for (const range of ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "localhost/8", "::/129", "/8", ""]) {
  test(`"${range}" is no range`, () => {
    assert.equal(trustedPeers([range]), `"${range}" is no range of addresses such as 10.0.0.0/8`);
  });
}

function trusted(ranges: readonly string[]) {
  const peers = trustedPeers(ranges);
  assert.ok(typeof peers !== "string");
  return peers;
}
