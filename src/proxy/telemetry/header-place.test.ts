import assert from "node:assert/strict";
import { test } from "node:test";
import { HeaderPlace } from "./header-place.ts";

test("a header is found wherever it stands, and where it isn't, whatever came before", () => {
  const place = new HeaderPlace("a");
  assert.equal(place.in([]), -1);
  assert.equal(place.in(["b", "a", "a", "1"]), 2, "a name, not a value");
  assert.equal(place.in(["c", "", "a", "2"]), 2);
  assert.equal(place.in(["a", "3"]), 0);
  assert.equal(place.in(["b", "a", "c", ""]), -1);
  assert.equal(place.in(["b", "", "c", "", "a", "4"]), 4);
  assert.equal(place.in(["b", ""]), -1);
});
