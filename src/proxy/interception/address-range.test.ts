import assert from "node:assert/strict";
import { test } from "node:test";
import { parseAddressRange } from "./address-range.ts";

test("a range of addresses has one form", () => {
  for (const [text, family, form] of [
    ["10.1.2.3/8", "IPv4", "10.0.0.0/8"],
    ["192.168.7.255/25", "IPv4", "192.168.7.128/25"],
    ["10.1.2.3", "IPv4", "10.1.2.3/32"],
    ["0.0.0.0/0", "IPv4", "0.0.0.0/0"],
    ["FD00:0:0::1/8", "IPv6", "fd00::/8"],
    ["2001:db8::5", "IPv6", "2001:db8::5/128"],
    [" ::/0", "IPv6", "::/0"],
  ] as const) {
    assert.deepEqual(parseAddressRange(text), { family, text: form });
  }
});

test("nothing but a range is one", () => {
  const texts = ["", "*", "10.0.0.0/33", "fd00::/129", "10.0.0/8", "a.example", "fe80::1%eth0"];
  for (const text of [...texts, "10.0.0.0/8\nCOMMIT", "10.0.0.0/8 -j ACCEPT", "10.0.0.0/-1"]) {
    assert.equal(parseAddressRange(text), undefined, text);
  }
});
