import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadlines } from "#base/deadlines.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import { seededRandom } from "#base/random.ts";
import { ConnectionPool, type PoolOptions, type Settled } from "./connection-pool.ts";
import type { ConnectionOwner, UpstreamConnection, UpstreamStream } from "./exchange.ts";
import type { Failure } from "./failure.ts";

const REFUSED: Failure = {
  code: "upstream-refused",
  side: "upstream",
  retry: "always",
  detail: "nobody there",
};

test("requests wait for a connection and share it as far as its slots go", () => {
  const { pool, dials, waiter } = start({ slotsPerConnection: 2 });
  const waiters = [waiter(), waiter(), waiter()];
  for (const one of waiters) assert.equal(pool.wait(one), true);
  assert.equal(dials.length, 2, "two connections carry three requests");
  const first = dials[0]!.connect();
  assert.deepEqual(
    waiters.map(({ got }) => got),
    [first, first, undefined],
  );
  const second = dials[1]!.connect();
  assert.equal(waiters[2]!.got, second);
});

test("the connection that was used last is used next, and the others expire", () => {
  const { pool, dials, waiter, clock } = start({ slotsPerConnection: 1 });
  for (let i = 0; i < 3; i++) pool.wait(waiter());
  const connections = [0, 1, 2].map((i) => dials[i]!.connect());
  for (const connection of connections) connection.free();
  assert.equal(pool.take(), connections[2]);
  clock.advance(59_000);
  connections[2]!.use();
  connections[2]!.free();
  clock.advance(2_000);
  assert.deepEqual(
    connections.map(({ isDrained }) => isDrained),
    [true, true, false],
  );
});

test("a failed dial fails those who wait, and only those", () => {
  const { pool, dials, waiter } = start({ slotsPerConnection: 1 });
  const early = waiter();
  pool.wait(early);
  dials[0]!.fail();
  assert.equal(early.failure, REFUSED);
  const late = waiter();
  pool.wait(late);
  assert.equal(late.failure, undefined);
  assert.equal(late.got, undefined);
  assert.equal(dials[1]!.connect(), late.got);
});

test("no more wait and no more connections are made than allowed", () => {
  const { pool, dials, waiter } = start({ connectionsMax: 2, waitingMax: 3 });
  assert.deepEqual(
    [1, 2, 3, 4].map(() => pool.wait(waiter())),
    [true, true, true, false],
  );
  assert.equal(dials.length, 2);
});

test("who has gone away while waiting is not given a slot", () => {
  const { pool, dials, waiter } = start({ slotsPerConnection: 1 });
  const gone = waiter();
  const patient = waiter();
  pool.wait(gone);
  pool.wait(patient);
  pool.forget(gone);
  const connection = dials[0]!.connect();
  assert.equal(gone.got, undefined);
  assert.equal(patient.got, connection);
});

test("after a renewal new requests get a new connection, and the old one drains", () => {
  const { pool, dials, waiter } = start({ slotsPerConnection: 5 });
  pool.wait(waiter());
  const old = dials[0]!.connect();
  pool.renew();
  assert.equal(old.isDrained, true);
  assert.equal(pool.take(), undefined);
  pool.wait(waiter());
  assert.equal(dials.length, 2);
});

test("a connection is replaced at the end of its life, within a fifth of it", () => {
  const { pool, dials, waiter, clock } = start({ lifeMs: 100_000, idleTimeoutMs: 1_000_000 });
  pool.wait(waiter());
  const connection = dials[0]!.connect();
  clock.advance(79_000);
  assert.equal(connection.isDrained, false);
  clock.advance(22_000);
  assert.equal(connection.isDrained, true);
});

test("a closed pool fails those who wait and cancels what is being dialled", () => {
  const { pool, dials, waiter } = start({});
  const waiting = waiter();
  pool.wait(waiting);
  pool.close();
  assert.equal(waiting.failure?.code, "no-endpoint");
  assert.equal(dials[0]!.isCancelled, true);
  assert.equal(pool.wait(waiter()), false);
});

class TestConnection implements UpstreamConnection {
  readonly protocol = "http1";
  readonly isReused = false;
  isDrained = false;
  slotsUsed = 0;
  readonly #owner: ConnectionOwner;
  readonly #slots: number;

  constructor(owner: ConnectionOwner, slots: number) {
    this.#owner = owner;
    this.#slots = slots;
  }

  get slotsFree(): number {
    return this.#slots - this.slotsUsed;
  }

  use(): void {
    this.slotsUsed++;
  }

  free(): void {
    this.slotsUsed--;
    this.#owner.slotsChanged();
  }

  open(): UpstreamStream {
    throw new Error("this test opens nothing");
  }

  drain(): void {
    this.isDrained = true;
  }

  destroy(): void {}
}

test("limits that change meanwhile hold for what is asked next", () => {
  const { pool, dials, waiter, limits, options } = start({ connectionsMax: 1, waitingMax: 1 });
  assert.equal(pool.wait(waiter()), true);
  options.waitingMax = 3;
  options.connectionsMax = 2;
  limits.replace([]);
  assert.equal(pool.wait(waiter()), true);
  assert.equal(pool.wait(waiter()), true);
  assert.equal(pool.wait(waiter()), false);
  assert.equal(dials.length, 2);
});

test("a connection that has carried as many as it may finishes, and is replaced", () => {
  const { pool, dials, waiter } = start({ slotsPerConnection: 2 }, 3);
  const waiters = [waiter(), waiter()];
  for (const one of waiters) pool.wait(one);
  const first = dials[0]!.connect();
  first.free();
  assert.equal(pool.take(), first);
  first.use();
  first.free();
  assert.equal(pool.take(), undefined, "three were all that it carries");
  assert.equal(first.isDrained, false, "one of them isn't over");
  first.free();
  assert.equal(first.isDrained, true);
  pool.wait(waiter());
  assert.equal(dials.length, 2);
});

function start(parts: Partial<PoolOptions>, exchangesPerConnectionMax?: number) {
  const clock = new FakeClock();
  const options = {
    connectionsMax: 10,
    slotsPerConnection: 1,
    waitingMax: 10,
    idleTimeoutMs: 60_000,
    lifeMs: 3_600_000,
    ...parts,
  };
  const dials: Dialled[] = [];
  const connect = (owner: ConnectionOwner, settled: Settled) => {
    const dialled = new Dialled(owner, settled, options.slotsPerConnection);
    dials.push(dialled);
    return dialled;
  };
  const limits = new LimitsInForce();
  const tools = {
    clock,
    deadlines: new Deadlines(clock),
    random: seededRandom(1),
    limits: {
      exchangesPerConnectionMax,
      get current() {
        return limits.current;
      },
    },
  };
  const pool = new ConnectionPool(connect, () => ({ ...options }), tools);
  return { pool, dials, clock, waiter: makeWaiter, limits, options };
}

class Dialled {
  isCancelled = false;
  readonly #owner: ConnectionOwner;
  readonly #settled: Settled;
  readonly #slots: number;

  constructor(owner: ConnectionOwner, settled: Settled, slots: number) {
    this.#owner = owner;
    this.#settled = settled;
    this.#slots = slots;
  }

  connect(): TestConnection {
    const connection = new TestConnection(this.#owner, this.#slots);
    this.#settled.connected(connection);
    return connection;
  }

  fail(): void {
    this.#settled.failed(REFUSED);
  }

  cancel(): void {
    this.isCancelled = true;
  }
}

function makeWaiter() {
  return {
    got: undefined as TestConnection | undefined,
    failure: undefined as Failure | undefined,
    slotReady(connection: UpstreamConnection) {
      this.got = connection as TestConnection;
      this.got.use();
    },
    slotFailed(failure: Failure) {
      this.failure = failure;
    },
  };
}
