import assert from "node:assert/strict";
import { test } from "node:test";
import { ApplicationPorts } from "./application-ports.ts";

test("the first that declares a port gets it, its namesake a free one", () => {
  const ports = portsOf({ portBase: 15_000 });
  assert.equal(ports.take(9080), 9080);
  assert.ok(isFreeChoice(ports.take(9080)));
  ports.giveBack(9080);
  assert.equal(ports.take(9080), 9080);
});

test("nobody gets a port that is in use, or one of the mesh's own", () => {
  const ports = portsOf({ portBase: 15_000, inUse: [9080] });
  assert.ok(isFreeChoice(ports.take(9080)));
  assert.ok(isFreeChoice(ports.take(15_014)));
});

test("a port base of 0 gives everybody a free one, and never the same", () => {
  const ports = portsOf({ portBase: 0 });
  const taken = Array.from({ length: 50 }, () => ports.take(9080));
  assert.ok(taken.every(isFreeChoice));
  assert.equal(new Set(taken).size, 50);
});

test("where no port is free, none is given", () => {
  const ports = new ApplicationPorts({ folder: "/a", portBase: 0, canBind: () => false });
  assert.equal(ports.take(9080), undefined);
});

function portsOf(options: { portBase: number; inUse?: readonly number[] }): ApplicationPorts {
  const { portBase, inUse = [] } = options;
  return new ApplicationPorts({
    folder: "/a",
    portBase,
    canBind: (_, port) => !inUse.includes(port),
  });
}

// Below the kernel's own choice.
function isFreeChoice(port: number | undefined): boolean {
  return port !== undefined && port >= 20_000 && port < 32_768;
}
