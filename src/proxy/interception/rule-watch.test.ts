import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { ByteStream, Dial } from "#proxy/transport/byte-stream.ts";
import { memoryStreamPair } from "#proxy/transport/memory-stream.ts";
import { DEFAULT_POD_SETTINGS } from "#snapshot/default-pod-settings.ts";
import { proofAddress } from "./nat-rules.ts";
import type { Listen } from "./proof-door.ts";
import { RuleWatch } from "./rule-watch.ts";

const SETTINGS = { owner: { uid: 1337 }, capture: DEFAULT_POD_SETTINGS.capture };

// A network whose rules a test makes and takes away.
class Pod {
  readonly clock = new FakeClock();
  readonly said: (string | undefined)[] = [];
  hasRules = false;
  isTaken = false; // a stranger listens on the proof port
  dials = 0;
  #door: (stream: ByteStream) => void = () => {};
  readonly watch = new RuleWatch({
    clock: this.clock,
    dial: (...args) => this.#dial(...args),
    listen: (...args) => this.#listen(...args),
    settings: SETTINGS,
    families: ["IPv4"],
    changed: (missing) => this.said.push(missing),
  });

  async proofs(count: number): Promise<void> {
    while (this.dials < count) {
      this.clock.advance(LIMITS.rulesMissingMs);
      await settled();
    }
  }

  #listen: Listen = async (on, accept) => {
    this.#door = accept;
    return { ...on, close() {} };
  };

  #dial: Dial = (target, _, events) => {
    this.dials++;
    assert.deepEqual(target, { address: proofAddress(SETTINGS, "IPv4"), port: 15_002 });
    setImmediate(() => {
      if (!this.hasRules && !this.isTaken) {
        return events.failed({ kind: "refused", detail: "ECONNREFUSED" });
      }
      const [ours, theirs] = memoryStreamPair();
      events.connected(ours);
      if (this.hasRules) this.#door(theirs);
      else theirs.end();
    });
    return { cancel() {} };
  };
}

test("a pod isn't ready before its rules are proven, and is as soon as they are", async () => {
  const pod = new Pod();
  assert.notEqual(pod.watch.missing, undefined);
  await pod.watch.start();
  await settled();
  assert.match(pod.watch.missing ?? "", /for IPv4 are not in force: .* was refused/);
  pod.hasRules = true;
  await pod.proofs(2);
  assert.equal(pod.watch.missing, undefined);
  assert.equal(pod.said.length, 2);
});

test("rules that vanish are missed at the second proof, not at the first", async () => {
  const pod = new Pod();
  pod.hasRules = true;
  await pod.watch.start();
  await settled();
  pod.hasRules = false;
  pod.clock.advance(LIMITS.rulesProvenMs);
  await settled();
  assert.equal(pod.watch.missing, undefined);
  await pod.proofs(3);
  assert.notEqual(pod.watch.missing, undefined);
});

test("who happens to listen on the proof port proves nothing", async () => {
  const pod = new Pod();
  pod.isTaken = true;
  await pod.watch.start();
  await settled();
  assert.match(pod.watch.missing ?? "", /a stranger took a connection/);
  pod.watch.stop();
  assert.equal(pod.clock.timersPending, 0);
});

async function settled(): Promise<void> {
  for (let i = 0; i < 10; i++) await new Promise((resolve) => setImmediate(resolve));
}
