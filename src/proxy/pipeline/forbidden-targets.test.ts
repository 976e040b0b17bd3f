import assert from "node:assert/strict";
import { test } from "node:test";
import { isForbiddenKey, isForbiddenTarget } from "./forbidden-targets.ts";

test("link-local addresses are forbidden in every way of writing them, also to their owner", () => {
  for (const address of [
    "169.254.169.254",
    "169.254.0.1",
    "::ffff:169.254.169.254",
    "::ffff:a9fe:a9fe",
    "fe80::1",
    "febf::1",
  ]) {
    assert.equal(isForbiddenTarget(address, 80, ""), true, address);
    assert.equal(isForbiddenTarget(address, 80, address), true, address);
  }
  for (const address of ["169.253.255.255", "169.255.0.0", "fec0::1", "fd00::1"]) {
    assert.equal(isForbiddenTarget(address, 80, ""), false, address);
  }
});

test("loopback is forbidden to all but the workload whose own address it is", () => {
  for (const address of ["127.0.0.1", "127.255.0.9", "::1", "::ffff:127.0.0.1", "0.0.0.0", "::"]) {
    assert.equal(isForbiddenTarget(address, 80, ""), true, address);
    assert.equal(isForbiddenTarget(address, 80, "127.64.0.3"), true, address);
  }
  assert.equal(isForbiddenTarget("127.64.0.3", 80, "127.64.0.3"), false);
  assert.equal(isForbiddenTarget("::ffff:127.64.0.3", 80, "127.64.0.3"), false);
  assert.equal(isForbiddenTarget("10.0.0.7", 80, ""), false);
});

test("the mesh's own ports are forbidden everywhere, those beside them are not", () => {
  for (const port of [15_000, 15_001, 15_008, 15_090]) {
    assert.equal(isForbiddenTarget("10.0.0.7", port, "10.0.0.7"), true, `${port}`);
  }
  for (const port of [14_999, 15_091]) {
    assert.equal(isForbiddenTarget("10.0.0.7", port, ""), false, `${port}`);
  }
});

test("what an application dials is looked at with and without a port", () => {
  for (const key of [
    "169.254.169.254",
    "169.254.169.254:80",
    "127.0.0.1:9080",
    "[::1]:80",
    "[::1]",
    "::1",
    "localhost",
    "LocalHost:80",
    "db.localhost.:5432",
    "reviews.bookshop:15014",
  ]) {
    assert.equal(isForbiddenKey(key), true, key);
  }
  for (const key of [
    "reviews",
    "reviews.bookshop:9080",
    "10.1.2.3:80",
    "[fd00::7]:80",
    ":15001x",
  ]) {
    assert.equal(isForbiddenKey(key), false, key);
  }
});
