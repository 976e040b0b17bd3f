import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { PortLessons } from "./port-lessons.ts";

const DB = { namespace: "shop", name: "db", port: 3306 };

test("a lesson holds until nothing has confirmed it for long", () => {
  const clock = new FakeClock();
  const lesson = new PortLessons(clock).of("db", DB);
  assert.equal(lesson.protocol, undefined);
  lesson.learn("tcp", "server-first");
  clock.advance(LIMITS.lessonLifeMs);
  assert.equal(lesson.protocol, "tcp");
  lesson.learn("http", "first-bytes");
  clock.advance(LIMITS.lessonLifeMs);
  assert.equal(lesson.protocol, "http");
  clock.advance(1);
  assert.equal(lesson.protocol, undefined);
});

test("what is only counted teaches nothing", () => {
  const lessons = new PortLessons(new FakeClock());
  const lesson = lessons.of("db", DB);
  lesson.count("tcp", "silence");
  assert.equal(lesson.protocol, undefined);
  assert.deepEqual(lessons.takeLearned(), []);
  assert.deepEqual(lessons.counts(), [{ ...DB, protocol: "tcp", reason: "silence", count: 1 }]);
});

test("what was learned is told once, until it is confirmed", () => {
  const lessons = new PortLessons(new FakeClock());
  const told = [{ namespace: "shop", service: "db", port: 3306, protocol: "tls" }];
  lessons.of("db", DB).learn("tls", "first-bytes");
  assert.deepEqual(lessons.takeLearned(), told);
  assert.deepEqual(lessons.takeLearned(), []);
  lessons.of("db", DB).learn("tls", "first-bytes");
  assert.deepEqual(lessons.takeLearned(), told);
});

test("of more ports than are kept the one that was used the longest ago goes", () => {
  const clock = new FakeClock();
  const lessons = new PortLessons(clock);
  for (let i = 0; i < LIMITS.lessonsMax; i++) {
    lessons.of(`db-${i}`, DB).learn("tcp", "first-bytes");
    clock.advance(1);
  }
  lessons.of("db-0", DB).learn("tcp", "first-bytes");
  lessons.of("one more", DB);
  assert.equal(lessons.of("db-0", DB).protocol, "tcp");
  // Made anew, so it knows nothing.
  assert.equal(lessons.of("db-1", DB).protocol, undefined);
});
