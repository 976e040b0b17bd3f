import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import type { Dial, DialEvents, DialFailure } from "#proxy/transport/byte-stream.ts";
import { applicationDial } from "./application-dial.ts";

const TIMEOUT_MS = 1_000;
const ADDRESSES = ["127.0.0.1", "10.0.0.7", "::1"];

test("where one address refuses the next is asked, and from then on first who answered", () => {
  const rig = new Rig();
  rig.dial();
  rig.refuse();
  rig.connect();
  assert.equal(rig.outcome, "connected");
  rig.dial();
  rig.connect();
  assert.deepEqual(rig.asked, ["127.0.0.1", "10.0.0.7", "10.0.0.7"]);
});

test("an application that moves is found again", () => {
  const rig = new Rig();
  rig.dial();
  rig.refuse();
  rig.connect();
  rig.dial();
  rig.refuse();
  rig.refuse();
  rig.connect();
  assert.deepEqual(rig.asked.slice(2), ["10.0.0.7", "::1", "127.0.0.1"]);
});

test("when all refuse, the last refusal is told", () => {
  const rig = new Rig();
  rig.dial();
  for (const _ of ADDRESSES) rig.refuse();
  assert.equal(rig.outcome, "failed");
  assert.deepEqual(rig.asked, ADDRESSES);
});

test("all tries together have the time of one", () => {
  const rig = new Rig();
  rig.dial();
  rig.clock.advance(TIMEOUT_MS / 2);
  rig.refuse();
  assert.equal(rig.timeoutMs, TIMEOUT_MS / 2);
  rig.clock.advance(TIMEOUT_MS / 2);
  rig.refuse();
  assert.equal(rig.outcome, "failed");
  assert.equal(rig.asked.length, 2);
});

test("who is cancelled asks nobody any more", () => {
  const rig = new Rig();
  const dialing = rig.dial();
  rig.refuse();
  dialing.cancel();
  assert.equal(rig.cancelled, 1);
});

// The dials of one port, which the test answers.
class Rig {
  readonly clock = new FakeClock(0);
  readonly asked: string[] = [];
  timeoutMs = 0;
  cancelled = 0;
  outcome = "";
  #events: DialEvents | undefined;
  readonly #dial: Dial = ({ address, port }, timeoutMs, events) => {
    assert.equal(port, 80);
    this.asked.push(address);
    this.timeoutMs = timeoutMs;
    this.#events = events;
    return { cancel: () => void this.cancelled++ };
  };
  readonly #own = applicationDial(this.#dial, this.clock, ADDRESSES);

  dial() {
    const told: DialEvents = {
      connected: () => {
        this.outcome = "connected";
      },
      failed: () => {
        this.outcome = "failed";
      },
    };
    return this.#own({ address: ADDRESSES[0]!, port: 80 }, TIMEOUT_MS, told, "");
  }

  refuse(): void {
    const failure: DialFailure = { kind: "refused", detail: "ECONNREFUSED" };
    this.#events!.failed(failure);
  }

  connect(): void {
    this.#events!.connected({} as never);
  }
}
