import assert from "node:assert/strict";
import { test } from "node:test";
import { der } from "./der.ts";

test("a length is written in the fewest bytes", () => {
  const head = (length: number) => der.octetString(Buffer.alloc(length)).subarray(0, -length || 9);
  assert.equal(head(0).toString("hex"), "0400");
  assert.equal(head(127).toString("hex"), "047f");
  assert.equal(head(128).toString("hex"), "048180");
  assert.equal(head(255).toString("hex"), "0481ff");
  assert.equal(head(256).toString("hex"), "04820100");
  assert.equal(head(65_536).toString("hex"), "0483010000");
});

test("an object identifier packs its arcs in sevens", () => {
  assert.equal(der.oid("2.5.29.17").toString("hex"), "0603551d11");
  assert.equal(der.oid("1.2.840.10045.4.3.2").toString("hex"), "06082a8648ce3d040302");
  assert.equal(der.oid("1.2.840.113549.1.9.14").toString("hex"), "06092a864886f70d01090e");
});

test("values nest", () => {
  const nested = der.sequence(der.integer(0), der.constructed(0, der.set(der.isTrue())));
  assert.equal(nested.toString("hex"), "300a020100a00531030101ff");
});
