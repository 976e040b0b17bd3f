import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadlines } from "#base/deadlines.ts";
import { FakeClock } from "#base/fake-clock.ts";
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
  assert.equal(open.drainUsed(), 0, "each is told once");
  shared[0]!.closed();
  assert.equal(open.drainUsed(), 1);
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

test("who seems idle is told with its next answer, and closed when patience ends", async () => {
  const clock = new FakeClock();
  const open = new OpenConnections();
  const idle = added(open, { begun: 1, sharedBy: 0 }, true);
  const shared = added(open, { begun: 1, sharedBy: 2 });
  const over = open.drain(clock, 1000, 200);
  assert.deepEqual([idle.retired, idle.drained, shared.drained], [1, 0, 1]);
  const late = added(open, { begun: 0, sharedBy: 0 }, true);
  assert.deepEqual([late.retired, late.drained], [1, 0], "one that comes meanwhile, too");
  await turn(clock, 300);
  assert.deepEqual([idle.drained, late.drained, idle.destroyed], [1, 1, 0]);
  await turn(clock, 800);
  await over;
  assert.deepEqual([idle.destroyed, shared.destroyed], [1, 1], "the rest when the grace is over");
});

test("a connection that has lived its time is told to go, the others when theirs is over", () => {
  const clock = new FakeClock();
  const deadlines = new Deadlines(clock);
  let lifeMs = 1_000;
  const open = new OpenConnections({ clock, deadlines, lifeMs: () => lifeMs });
  const first = added(open, { begun: 3, sharedBy: 1 });
  clock.advance(600);
  const second = added(open, { begun: 0, sharedBy: 0 });
  clock.advance(420);
  assert.deepEqual([first.drained, second.drained], [1, 0]);
  // For who is open already, from its next look on.
  lifeMs = 2_000;
  clock.advance(600);
  assert.deepEqual([first.drained, second.drained], [1, 0]);
  clock.advance(1_000);
  assert.deepEqual([first.drained, second.drained], [1, 1]);
  second.closed();
  const third = added(open, undefined);
  assert.equal(deadlines.pending, 1);
  third.closed();
  first.closed();
  assert.equal(deadlines.pending, 0);
});

test("draining ends as soon as nothing is open", async () => {
  const clock = new FakeClock();
  const open = new OpenConnections();
  const idle = added(open, { begun: 1, sharedBy: 0 }, true);
  const over = open.drain(clock, 60_000, 30_000);
  idle.closed();
  await turn(clock, 50);
  await over;
  assert.equal(idle.drained, 0);
});

// In small steps, and what waits for each of them gets its turn.
async function turn(clock: FakeClock, ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += 10) {
    clock.advance(10);
    await new Promise(setImmediate);
  }
}

function added(open: OpenConnections, usage: ConnectionUsage | undefined, retires = false) {
  const made = {
    usage,
    ...{ drained: 0, retired: 0, destroyed: 0 },
    closed: () => {},
    drain: () => void made.drained++,
    ...(retires ? { retire: () => void made.retired++ } : {}),
    destroy: () => void made.destroyed++,
  };
  open.add((closed) => {
    made.closed = closed;
    return made as { drain(): void; destroy(): void };
  });
  return made;
}
