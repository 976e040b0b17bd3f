import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "#base/random.ts";
import { ABORT, DELAY, isHit, MIRROR } from "./is-hit.ts";

const ROUNDS = 20_000;

test("a share is hit as often as it says, whatever it is for", () => {
  for (const share of [0, 0.001, 0.25, 0.5, 0.9, 1]) {
    for (const purpose of [DELAY, ABORT, MIRROR, MIRROR + 1]) {
      const found = shareOf((draw) => isHit(share, draw, purpose));
      assert.ok(Math.abs(found - share) < 0.012, `${found} of ${share} for ${purpose}`);
    }
  }
});

test("one draw decides each purpose by itself, and independently of the weights", () => {
  const both = shareOf((draw) => isHit(0.5, draw, DELAY) && isHit(0.5, draw, ABORT));
  assert.ok(Math.abs(both - 0.25) < 0.012, `${both}`);
  const first = shareOf((draw) => draw < 0.5 && isHit(0.5, draw, MIRROR));
  assert.ok(Math.abs(first - 0.25) < 0.012, `${first}`);
});

test("the same draw always decides the same", () => {
  for (const draw of [0, 0.1234567, 0.999999]) {
    assert.equal(isHit(0.5, draw, ABORT), isHit(0.5, draw, ABORT));
  }
});

function shareOf(holds: (draw: number) => boolean): number {
  const random = seededRandom(7);
  let count = 0;
  for (let i = 0; i < ROUNDS; i++) if (holds(random())) count++;
  return count / ROUNDS;
}
