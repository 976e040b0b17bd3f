import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import type { SessionPlan } from "#snapshot/session-plan.ts";
import { RouteSession, type Seat } from "./route-session.ts";

const NAMES = [["aaaa", "bbbb"], ["cccc"]];
const COOKIE = { kind: "cookie", name: "cart", isPermanent: false } as const;

test("an answer names its endpoint, and the next request finds it", () => {
  const session = sessionWith(COOKIE);
  const [name, value] = session.answerHeaders(head([]), 1, 0)!;
  assert.deepEqual([name, value], ["set-cookie", "cart=cccc; Path=/; HttpOnly"]);
  const shown = head(["cookie", "a=b; cart=cccc"]);
  assert.deepEqual(session.find(shown), { backendIndex: 1, choice: 1, at: 0, name: "cccc" });
  assert.equal(session.answerHeaders(shown, 1, 0), undefined, "nothing new to tell");
  assert.notEqual(session.answerHeaders(shown, 0, 1), undefined, "it has gone elsewhere");
});

test("a name that is made up, or of an endpoint that has gone, finds nothing", () => {
  const session = sessionWith(COOKIE);
  for (const value of ["", "zzzz", "127.0.0.1:80", "aaaa1", "..", "constructor"]) {
    assert.equal(session.find(head(["cookie", `cart=${value}`])), undefined, value);
  }
  assert.equal(session.find(head([])), undefined);
});

test("a header can carry it, too", () => {
  const session = sessionWith({ kind: "header", name: "x-cart", isPermanent: false });
  assert.deepEqual(session.answerHeaders(head([]), 0, 1), ["x-cart", "bbbb"]);
  assert.equal(session.find(head(["x-cart", "bbbb"]))?.at, 1);
});

test("a session ends some time after its beginning, however much it is used", () => {
  const clock = new FakeClock();
  const session = sessionWith({ ...COOKIE, absoluteMs: 10_000, isPermanent: true }, clock);
  const [, text] = session.answerHeaders(head([]), 0, 0)!;
  assert.match(text!, /; Max-Age=10$/);
  const shown = head(["cookie", text!.split(";")[0]!]);
  clock.advance(9_000);
  assert.equal(session.find(shown)?.at, 0);
  clock.advance(2_000);
  assert.equal(session.find(shown), undefined);
});

test("a session ends when it was not used for a while, and is told anew with each answer", () => {
  const clock = new FakeClock();
  const session = sessionWith({ ...COOKIE, idleMs: 10_000 }, clock);
  let cookie = session.answerHeaders(head([]), 0, 0)![1]!.split(";")[0]!;
  for (let i = 0; i < 5; i++) {
    clock.advance(8_000);
    const shown = head(["cookie", cookie]);
    assert.equal(session.find(shown)?.at, 0);
    cookie = session.answerHeaders(shown, 0, 0)![1]!.split(";")[0]!;
  }
  clock.advance(11_000);
  assert.equal(session.find(head(["cookie", cookie])), undefined);
});

test("times that somebody made up end the session", () => {
  const session = sessionWith({ ...COOKIE, idleMs: 10_000, absoluteMs: 10_000 });
  for (const times of ["", ".", ".x", ".x.y", "..", ".-1.-1", ".0"]) {
    assert.equal(session.find(head(["cookie", `cart=aaaa${times}`])), undefined, times);
  }
});

function sessionWith(plan: SessionPlan, clock = new FakeClock()): RouteSession {
  const seats = new Map<string, Seat>();
  NAMES.forEach((names, backendIndex) => {
    names.forEach((name, at) => {
      seats.set(name, { backendIndex, choice: backendIndex, at, name });
    });
  });
  return new RouteSession(plan, clock, seats, NAMES);
}

function head(headers: readonly string[]): RequestHead {
  return {
    ...{ method: "GET", scheme: "http", authority: "reviews", path: "/", headers },
    contentLength: 0,
  };
}
