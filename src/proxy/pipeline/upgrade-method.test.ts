import assert from "node:assert/strict";
import { test } from "node:test";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { methodAsked, methodToTell } from "./upgrade-method.ts";

const GET: RequestHead = {
  method: "GET",
  scheme: "http",
  authority: "engine:2375",
  path: "/attach",
  headers: [],
  contentLength: 0,
};
const UPGRADE: RequestHead = { ...GET, upgrade: "tcp" };

test("the method of an upgrade is told where extended CONNECT doesn't say it", () => {
  assert.equal(methodToTell({ ...UPGRADE, method: "POST" }), "POST");
  assert.equal(methodToTell(UPGRADE), "");
  assert.equal(methodToTell({ ...GET, method: "POST" }), "");
});

test("an upgrade has the method that its proxy told, and any other request its own", () => {
  assert.equal(methodAsked(UPGRADE, "POST"), "POST");
  assert.equal(methodAsked(UPGRADE, "M-SEARCH"), "M-SEARCH");
  assert.equal(methodAsked(UPGRADE, ""), "GET");
  assert.equal(methodAsked(GET, "POST"), "GET");
});

test("what is no word, or asks for something else, is no method of an upgrade", () => {
  const wrong = ["GET /other HTTP/1.1", "post", "P\tT", "POST ", "P:T", "CONNECT", "A".repeat(33)];
  for (const told of wrong) assert.equal(methodAsked(UPGRADE, told), "GET", told);
});
