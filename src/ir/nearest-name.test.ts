import assert from "node:assert/strict";
import { test } from "node:test";
import { nearestName } from "./nearest-name.ts";

test("a swapped, lost, added or wrong letter finds the name that was meant", () => {
  for (const found of ["wieght", "weigh", "weightt", "weihgt", "Weight"]) {
    assert.equal(nearestName(found, ["name", "weight", "destination"]), "weight");
  }
});

test("a name that is like none of the known ones finds none", () => {
  assert.equal(nearestName("colour", ["name", "weight"]), undefined);
  assert.equal(nearestName("x".repeat(10_000), ["name", "weight"]), undefined);
});

test("the nearest of several wins", () => {
  assert.equal(nearestName("ports", ["parts", "port", "posts", "prts"]), "parts");
  assert.equal(nearestName("hots", ["host", "hosts"]), "host");
});
