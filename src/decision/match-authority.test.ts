import assert from "node:assert/strict";
import { test } from "node:test";
import { isOneOf, matchesAuthority } from "./match-authority.ts";

test("an authority is compared without port, capitals and the dot of a full name", () => {
  for (const authority of ["reviews", "reviews:9080", "Reviews:9080", "REVIEWS.", "reviews.:80"]) {
    assert.equal(isOneOf(authority, ["ratings", "reviews"]), true, authority);
  }
  for (const authority of ["", "review", "reviews2", "reviews.bookshop", ":9080"]) {
    assert.equal(isOneOf(authority, ["ratings", "reviews"]), false, authority);
  }
});

test("the colons of an IPv6 address are no port", () => {
  assert.equal(isOneOf("[::1]:9080", ["[::1]"]), true);
  assert.equal(isOneOf("[::1]", ["[::1]"]), true);
  assert.equal(isOneOf("[::2]", ["[::1]"]), false);
});

test("a prefix ends before the port", () => {
  assert.equal(matchesAuthority("reviews:9080", { kind: "prefix", value: "rev" }), true);
  assert.equal(matchesAuthority("re:9080", { kind: "prefix", value: "re:9" }), false);
  assert.equal(matchesAuthority("", { kind: "present", value: "" }), false);
});
