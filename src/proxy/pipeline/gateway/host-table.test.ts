import assert from "node:assert/strict";
import { test } from "node:test";
import { authorityHost } from "./authority-host.ts";
import { HostTable } from "./host-table.ts";

const ENTRIES = [
  ["*.example", "wide"],
  ["*.shop.example", "narrow"],
  ["Shop.example", "exact"],
  ["shop.example", "second"],
] as const;

test("an exact host comes before a wildcard, and a narrow one before a wide one", () => {
  const table = new HostTable(ENTRIES, { wildcardLabels: "any" });
  assert.equal(table.find("shop.example"), "exact");
  assert.equal(table.find("a.shop.example"), "narrow");
  assert.equal(table.find("a.b.shop.example"), "narrow");
  assert.equal(table.find("a.b.example"), "wide");
});

test("a wildcard for one label takes one", () => {
  const table = new HostTable(ENTRIES, { wildcardLabels: "one" });
  assert.equal(table.find("a.shop.example"), "narrow");
  assert.equal(table.find("a.b.shop.example"), undefined);
});

test("what no entry has is for the asterisk, where there is one", () => {
  const table = new HostTable([...ENTRIES, ["*", "rest"]], { wildcardLabels: "any" });
  for (const host of ["example", "", ".example", "__proto__", "constructor", "[::1]"]) {
    assert.equal(table.find(host), "rest", host);
    assert.equal(new HostTable(ENTRIES, { wildcardLabels: "any" }).find(host), undefined, host);
  }
});

for (const [authority, host] of [
  ["Secret.COM", "secret.com"],
  ["secret.com.:443", "secret.com"],
  ["[2001:DB8::1]:80", "[2001:db8::1]"],
  ["[::1]", "[::1]"],
  ["", ""],
  [":80", ""],
] as const) {
  test(`the host of "${authority}" is "${host}"`, () => {
    assert.equal(authorityHost(authority), host);
  });
}
