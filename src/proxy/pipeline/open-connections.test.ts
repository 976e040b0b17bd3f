import assert from "node:assert/strict";
import { test } from "node:test";
import { type ConnectionUsage, OpenConnections } from "./open-connections.ts";

test("a connection is idle that has begun nothing from one look to the next", () => {
  const open = new OpenConnections();
  const [idle, busy] = [
    added(open, { begun: 3, sharedBy: 0 }),
    added(open, { begun: 3, sharedBy: 0 }),
  ];
  assert.equal(open.drainIdle(), 0, "nobody knows yet");
  busy.usage = { begun: 4, sharedBy: 0 };
  assert.equal(open.drainIdle(), 1);
  assert.deepEqual([idle.drained, busy.drained], [1, 0]);
});

test("a connection that exchanges share is not idle while one of them is open", () => {
  const open = new OpenConnections();
  const shared = added(open, { begun: 3, sharedBy: 1 });
  open.drainIdle();
  assert.equal(open.drainIdle(), 0);
  shared.usage = { begun: 3, sharedBy: 0 };
  assert.equal(open.drainIdle(), 1);
});

test("no connection is kept that has served, and a new one may serve once", () => {
  const open = new OpenConnections();
  const [fresh, used] = [
    added(open, { begun: 0, sharedBy: 0 }),
    added(open, { begun: 1, sharedBy: 0 }),
  ];
  assert.equal(open.drainUsed(), 1);
  assert.deepEqual([fresh.drained, used.drained], [0, 1]);
});

test("of shared connections in use the oldest goes first, one at a time", () => {
  const open = new OpenConnections();
  const shared = [1, 2, 3].map((begun) => added(open, { begun, sharedBy: begun }));
  const idle = added(open, { begun: 9, sharedBy: 0 });
  assert.equal(open.drainUsed(), 2);
  assert.deepEqual(
    [...shared, idle].map(({ drained }) => drained),
    [1, 0, 0, 1],
  );
  shared[0]!.closed();
  assert.equal(open.drainUsed(), 2);
  assert.deepEqual(
    shared.map(({ drained }) => drained),
    [1, 1, 0],
  );
});

test("tunnels and what is not known yet are left alone", () => {
  const open = new OpenConnections();
  const tunnel = added(open, undefined);
  open.drainIdle();
  assert.deepEqual([open.drainIdle(), open.drainUsed(), tunnel.drained], [0, 0, 0]);
});

function added(open: OpenConnections, usage: ConnectionUsage | undefined) {
  const made = {
    usage,
    drained: 0,
    closed: () => {},
    drain: () => void made.drained++,
    destroy() {},
  };
  open.add((closed) => {
    made.closed = closed;
    return made as { drain(): void; destroy(): void };
  });
  return made;
}
