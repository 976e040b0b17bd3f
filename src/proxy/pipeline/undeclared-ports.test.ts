import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { UndeclaredPorts } from "./undeclared-ports.ts";

test("a port is the same object each time, and what it speaks is detected", () => {
  const ports = new UndeclaredPorts();
  assert.equal(ports.of(8080)?.protocol, "detect");
  assert.equal(ports.of(8080), ports.of(8080));
});

test("what is no port, or the mesh's own, isn't taken", () => {
  const ports = new UndeclaredPorts();
  for (const port of [0, -1, 1.5, 65_536, Number.NaN, 15_000, 15_006, 15_020, 15_090]) {
    assert.equal(ports.of(port), undefined, String(port));
  }
});

test("who tries all ports takes no more room than a few", () => {
  const ports = new UndeclaredPorts();
  const first = ports.of(1);
  for (let port = 2; port <= LIMITS.undeclaredPortsMax + 1; port++) ports.of(port);
  assert.notEqual(ports.of(1), first);
});
