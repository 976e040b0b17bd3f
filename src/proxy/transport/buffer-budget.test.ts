import assert from "node:assert/strict";
import { test } from "node:test";
import { BufferBudget, BufferShare } from "./buffer-budget.ts";

test("within the budget nobody gives up, and what is let go counts no more", () => {
  const { budget, share, gone } = start(100);
  const [a, b] = [share("a"), share("b")];
  budget.set(a, 60);
  budget.set(b, 40);
  budget.set(a, 10);
  budget.set(b, 90);
  assert.deepEqual([gone, budget.bytes], [[], 100]);
  budget.set(a, 0);
  budget.set(b, 0);
  assert.equal(budget.bytes, 0);
});

test("when it is spent, whoever keeps the most gives up, and only as many as it takes", () => {
  const { budget, share, gone } = start(1000);
  for (const [name, bytes] of [
    ["small", 10],
    ["large", 600],
    ["middle", 200],
  ] as const) {
    budget.set(share(name), bytes);
  }
  budget.set(share("late"), 250);
  assert.deepEqual([gone, budget.bytes], [["large"], 460]);
});

test("it may be the one that asks for more", () => {
  const { budget, share, gone } = start(100);
  budget.set(share("little"), 20);
  budget.set(share("greedy"), 101);
  assert.deepEqual([gone, budget.bytes], [["greedy"], 20]);
});

test("whoever joins, grows and leaves in whatever order, the sum is right", () => {
  const { budget, share } = start(1e9);
  const shares = Array.from({ length: 50 }, (_, i) => share(`${i}`));
  for (let i = 0; i < 5000; i++) budget.set(shares[(i * 7) % 50]!, (i * i * 31) % 5000);
  assert.equal(
    budget.bytes,
    shares.reduce((sum, { bytes }) => sum + bytes, 0),
  );
  for (const one of shares) budget.set(one, 0);
  assert.equal(budget.bytes, 0);
});

function start(bytesMax: number) {
  const budget = new BufferBudget(bytesMax);
  const gone: string[] = [];
  const share = (name: string): BufferShare => {
    const own: BufferShare = new BufferShare(() => {
      gone.push(name);
      budget.set(own, 0);
    });
    return own;
  };
  return { budget, share, gone };
}
