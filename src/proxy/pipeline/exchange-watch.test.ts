import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadlines } from "#base/deadlines.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { ExchangeWatch, Watched } from "./exchange-watch.ts";

class Sample extends Watched {
  ticks = 0;
  serves = false;
  ticked: () => void = () => {};

  override get isServing(): boolean {
    return this.serves;
  }

  override tick(): void {
    this.ticks++;
    this.ticked();
  }
}

function watched(count: number) {
  const clock = new FakeClock();
  const watch = new ExchangeWatch(new Deadlines(clock));
  const samples = Array.from({ length: count }, () => new Sample());
  for (const sample of samples) watch.add(sample);
  return { clock, watch, samples };
}

test("who is watched is told of every second, and nobody else is", () => {
  const { clock, watch, samples } = watched(3);
  clock.advance(5_000);
  watch.remove(samples[1]!);
  clock.advance(5_000);
  assert.deepEqual(
    samples.map(({ ticks }) => ticks),
    [10, 5, 10],
  );
});

test("whoever is told may end its own exchange, and any other", () => {
  for (let telling = 0; telling < 4; telling++) {
    for (let ending = 0; ending < 4; ending++) {
      const { clock, watch, samples } = watched(4);
      samples[telling]!.ticked = () => watch.remove(samples[ending]!);
      clock.advance(1_000);
      samples[telling]!.ticked = () => {};
      clock.advance(1_000);
      samples.forEach(({ ticks }, i) => {
        if (i === ending) assert.ok(ticks < 2, `${telling} ends ${ending}`);
        else assert.equal(ticks, 2, `${telling} ends ${ending}`);
      });
    }
  }
});

test("whoever is told may begin another, which is told a second later", () => {
  const { clock, watch, samples } = watched(1);
  const late = new Sample();
  samples[0]!.ticked = () => {
    if (samples[0]!.ticks === 1) watch.add(late);
  };
  clock.advance(1_000);
  assert.equal(late.ticks, 0);
  clock.advance(1_000);
  assert.equal(late.ticks, 1);
});

test("no timer runs while nobody is watched", () => {
  const { clock, watch, samples } = watched(2);
  for (const sample of samples) watch.remove(sample);
  clock.advance(1_000);
  assert.equal(clock.timersPending, 0);
  watch.add(samples[0]!);
  clock.advance(3_000);
  assert.equal(samples[0]!.ticks, 3);
});

test("whether anybody is served is asked of those that began last", () => {
  const { watch, samples } = watched(100);
  assert.equal(watch.isServing, false);
  samples[20]!.serves = true;
  assert.equal(watch.isServing, false, "too many began since");
  samples[40]!.serves = true;
  assert.equal(watch.isServing, true);
  watch.remove(samples[40]!);
  assert.equal(watch.isServing, false);
});
