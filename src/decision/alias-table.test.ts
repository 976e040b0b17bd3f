import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { seededRandom } from "#base/random.ts";
import { aliasTable } from "./alias-table.ts";
import { pickWeighted } from "./pick-weighted.ts";

const weightLists = fc.array(fc.double({ min: 1e-6, max: 1e9, noNaN: true }), {
  minLength: 1,
  maxLength: 12,
});

test("a table gives every choice exactly its share", () => {
  fc.assert(
    fc.property(weightLists, (weights) => {
      const { keep, other } = aliasTable(weights);
      const shares = new Array<number>(weights.length).fill(0);
      for (const [column, kept] of keep.entries()) {
        shares[column]! += kept / weights.length;
        shares[other[column]!]! += (1 - kept) / weights.length;
      }
      const total = weights.reduce((a, b) => a + b, 0);
      for (const [i, weight] of weights.entries()) {
        assert.ok(Math.abs(shares[i]! - weight / total) < 1e-9);
      }
    }),
    { seed: 1 },
  );
});

test("100,000 draws fall on 90, 9 and 1 within three sigma", () => {
  const weights = [90, 9, 1];
  const table = aliasTable(weights);
  const random = seededRandom(42);
  const counts = [0, 0, 0];
  const draws = 100_000;
  for (let i = 0; i < draws; i++) counts[pickWeighted(table, random())]!++;
  for (const [i, weight] of weights.entries()) {
    const share = weight / 100;
    const sigma = Math.sqrt(draws * share * (1 - share));
    assert.ok(Math.abs(counts[i]! - draws * share) < 3 * sigma, `${counts}`);
  }
});

test("a draw that is none, or one at the very end, still picks something", () => {
  const table = aliasTable([1, 2, 3]);
  for (const draw of [Number.NaN, -1, 1, 7, Number.POSITIVE_INFINITY, 1 - Number.EPSILON / 2]) {
    const picked = pickWeighted(table, draw);
    assert.ok(picked >= 0 && picked <= 2);
  }
  assert.equal(pickWeighted(aliasTable([]), 0.5), 0);
});

test("weights near the largest number there is don't overflow", () => {
  const table = aliasTable([Number.MAX_VALUE, Number.MAX_VALUE]);
  assert.deepEqual([...table.keep], [1, 1]);
});
