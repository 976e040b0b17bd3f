import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { LearnedPorts } from "./learned-ports.ts";

const MYSQL = { namespace: "shop", service: "db", port: 3306, protocol: "tcp" } as const;

test("the latest word on a port counts, until nobody has repeated it for long", () => {
  const clock = new FakeClock();
  const learned = new LearnedPorts(clock);
  assert.equal(learned.note([{ ...MYSQL, protocol: "http" }, MYSQL]), 0);
  assert.equal(learned.protocolOf("shop", "db", 3306), "tcp");
  assert.equal(learned.protocolOf("shop", "db", 3307), undefined);
  clock.advance(LIMITS.lessonLifeMs);
  assert.equal(learned.protocolOf("shop", "db", 3306), "tcp");
  clock.advance(1);
  assert.equal(learned.protocolOf("shop", "db", 3306), undefined);
});

test("a report of an older proxy says nothing of ports", () => {
  assert.equal(new LearnedPorts(new FakeClock()).note(undefined), 0);
});

test("what is no port is left out and counted", () => {
  const learned = new LearnedPorts(new FakeClock());
  const wrong = [
    null,
    "db",
    { ...MYSQL, port: 0 },
    { ...MYSQL, port: "3306" },
    { ...MYSQL, protocol: "gopher" },
    { ...MYSQL, service: "x".repeat(LIMITS.reportTextMax + 1) },
  ];
  assert.equal(learned.note([...wrong, MYSQL]), wrong.length);
  assert.equal(learned.note("everything"), 1);
  assert.equal(learned.protocolOf("shop", "db", 3306), "tcp");
});

test("of more ports than are kept the ones repeated last stay", () => {
  const learned = new LearnedPorts(new FakeClock());
  learned.note([MYSQL]);
  for (let at = 0; at <= LIMITS.reportSeriesMax; at += LIMITS.lessonsMax) {
    const many = Array.from({ length: LIMITS.lessonsMax }, (_, i) => {
      return { ...MYSQL, service: `db-${at + i}` };
    });
    learned.note(many);
  }
  assert.equal(learned.protocolOf("shop", "db", 3306), undefined);
  assert.equal(learned.protocolOf("shop", `db-${LIMITS.reportSeriesMax}`, 3306), "tcp");
});
