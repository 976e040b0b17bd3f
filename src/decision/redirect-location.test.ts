import assert from "node:assert/strict";
import { test } from "node:test";
import type { RedirectPlan } from "#snapshot/shape-plan.ts";
import { bindReply } from "./bind-reply.ts";
import type { BoundRedirect } from "./bound-shape.ts";
import type { DecisionRequest } from "./decision.ts";
import { redirectLocation } from "./redirect-location.ts";

const ASKED: DecisionRequest = {
  method: "GET",
  authority: "shop.example:8080",
  path: "/a?b",
  headers: [],
};

function location(plan: Partial<RedirectPlan>, request: Partial<DecisionRequest> = {}): string {
  const redirect: RedirectPlan = { kind: "redirect", status: 302, port: "request", ...plan };
  return redirectLocation(bindReply(redirect, undefined) as BoundRedirect, {
    ...ASKED,
    ...request,
  });
}

test("what a redirect doesn't name is that of the request", () => {
  assert.equal(location({}), "http://shop.example:8080/a?b");
  assert.equal(location({}, { scheme: "https" }), "https://shop.example:8080/a?b");
  assert.equal(location({ authority: "x" }), "http://x:8080/a?b");
  assert.equal(location({ path: { kind: "full", value: "/c" } }), "http://shop.example:8080/c?b");
});

test("the usual port of a scheme isn't said", () => {
  assert.equal(location({}, { authority: "shop.example:80" }), "http://shop.example/a?b");
  assert.equal(location({ scheme: "https", port: 443 }), "https://shop.example/a?b");
  assert.equal(location({ scheme: "http", port: 443 }), "http://shop.example:443/a?b");
  assert.equal(location({ scheme: "https", port: "scheme" }), "https://shop.example/a?b");
  const asked = { authority: "shop.example:80" };
  assert.equal(location({ scheme: "https" }, asked), "https://shop.example/a?b");
});

test("an authority is taken as it is where only that counts", () => {
  const port = "authority" as const;
  assert.equal(location({ authority: "x:81", port }), "http://x:81/a?b");
  assert.equal(location({ authority: "x", port }), "http://x/a?b");
  assert.equal(location({ authority: "x", port: 81 }), "http://x:81/a?b");
});

test("an address in brackets keeps its colons", () => {
  assert.equal(location({ port: 81 }, { authority: "[fd00::7]:80" }), "http://[fd00::7]:81/a?b");
  assert.equal(location({}, { authority: "[fd00::7]" }), "http://[fd00::7]/a?b");
});
