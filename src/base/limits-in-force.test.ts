import assert from "node:assert/strict";
import { test } from "node:test";
import { brokenRelations } from "./broken-relations.ts";
import { LIMIT_RELATIONS } from "./limit-relations.ts";
import { LIMITS, type LimitName, type LimitPair } from "./limits.ts";
import { LimitsInForce } from "./limits-in-force.ts";
import { mergeLimits } from "./merge-limits.ts";
import { type Random, seededRandom } from "./random.ts";
import { SETTABLE } from "./settable-limits.ts";

const NAMES = Object.keys(SETTABLE) as LimitName[];

test("without documents the defaults hold", () => {
  const { current } = new LimitsInForce();
  for (const name of NAMES) assert.equal(current[name], LIMITS[name]);
});

test("what is set replaces all that was set before, and who has read keeps what it read", () => {
  const limits = new LimitsInForce();
  limits.replace([["headBytesMax", 1024]]);
  const before = limits.current;
  limits.replace([["headersMax", 50]]);
  assert.deepEqual([before.headBytesMax, before.headersMax], [1024, LIMITS.headersMax]);
  assert.equal(limits.current.headBytesMax, LIMITS.headBytesMax);
  assert.equal(limits.current.headersMax, 50);
});

test("a name of a newer control plane is passed over", () => {
  const limits = new LimitsInForce();
  limits.replace([["fromTheFutureMax", 7] as never]);
  assert.deepEqual(Object.keys(limits.current), NAMES);
});

test("the workload's limits win over the mesh's, and what is as by default is left out", () => {
  const mesh: LimitPair[] = [
    ["pipelinedMax", 8],
    ["headersMax", 50],
  ];
  assert.deepEqual(mergeLimits(mesh, [["headersMax", LIMITS.headersMax]]), [["pipelinedMax", 8]]);
  assert.deepEqual(mergeLimits(mesh, [["headersMax", 60]]), [
    ["headersMax", 60],
    ["pipelinedMax", 8],
  ]);
});

test("whatever is set without a broken relation satisfies all of them when it is in force", () => {
  const random = seededRandom(7);
  let accepted = 0;
  for (let round = 0; round < 5_000; round++) {
    const pairs = someLimits(random);
    if (brokenRelations(pairs).length > 0) continue;
    accepted++;
    const limits = new LimitsInForce();
    limits.replace(mergeLimits(pairs));
    const inForce = { ...LIMITS, ...limits.current };
    for (const { says, holds } of LIMIT_RELATIONS) assert.ok(holds(inForce), says);
  }
  assert.ok(accepted > 500, `${accepted} were accepted`);
  assert.ok(accepted < 4_500, `${accepted} were accepted`);
});

// Up to four, anywhere between their floors and their ceilings, small ones more often.
function someLimits(random: Random): LimitPair[] {
  const count = 1 + Math.floor(random() * 4);
  return Array.from({ length: count }, (): LimitPair => {
    const name = NAMES[Math.floor(random() * NAMES.length)]!;
    const [floor, ceiling] = SETTABLE[name];
    return [name, Math.floor(floor + (ceiling - floor) * random() ** 3)];
  });
}
