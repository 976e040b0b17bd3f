import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { RequestHead } from "#proxy/exchange/heads.ts";
import { encodeMessage } from "#snapshot/message-frames.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { TapEnd, TapWatch } from "#snapshot/tap.ts";
import type { TapPlan } from "#snapshot/tap-plan.ts";
import { Tap, type TapTold } from "./tap.ts";
import type { TapTicket } from "./tap-ticket.ts";

const HEAD: RequestHead = {
  ...{ method: "POST", scheme: "http", authority: "reviews.shop:9080", path: "/reviews" },
  ...{ headers: ["content-type", "application/json"], contentLength: -1 },
};
const KEY: SeriesKey = {
  reporter: "destination",
  sourceNamespace: "shop",
  sourceWorkload: "web",
  sourceIdentity: "spiffe://mesh.local/ns/shop/sa/web",
  destinationNamespace: "shop",
  destinationWorkload: "reviews-v1",
  destinationIdentity: "spiffe://mesh.local/ns/shop/sa/reviews",
  destinationService: "reviews",
  destinationServiceNamespace: "shop",
  destinationPort: 9080,
  route: "",
  backend: "",
  isMutualTls: true,
};

function bodyRig(watches: readonly Partial<TapWatch>[], plan: Partial<TapPlan> = {}) {
  const clock = new FakeClock();
  const told: TapTold[] = [];
  const tap = new Tap(clock, (each) => told.push(each));
  tap.obey({ bodies: "structured", headers: ["x-user"], fields: ["iban"], ...plan });
  tap.watch(watches.map((watch, i) => ({ id: i + 1, filter: {}, perSecondMax: 50, ...watch })));
  const begin = (head: Partial<RequestHead> = {}, endpoint = "127.0.0.1:9080") => {
    const asked = { ...HEAD, ...head };
    return tap.begin({
      head: asked,
      key: KEY,
      startedMs: clock.nowMs(),
      endpoint,
    })!;
  };
  const end = (ticket: TapTicket, requestBytes: number, responseBytes = 0, cause = "") => {
    tap.answered(ticket, 200, 1, ["content-type", "application/json"]);
    tap.ended(ticket, {
      ...{ durationMs: 2, status: 200, requestBytes, responseBytes, grpcStatus: "", cause },
      hasRequestEnded: true,
    });
  };
  const ends = (): readonly TapEnd[] => {
    clock.advance(LIMITS.tapTellMs);
    return told.splice(0).flatMap(({ events }) => events.filter((each) => each.phase === "end"));
  };
  return { clock, tap, told, begin, end, ends };
}

const WANTING = { bodies: { bytesMax: 1_000, bytesPerSecond: 100_000 } };

test("bodies are told to those who want them, without secrets, and copied", () => {
  const { begin, end, ends } = bodyRig([{}, WANTING]);
  const ticket = begin();
  const chunk = Buffer.from('{"user":"ann","password":"ZZ","iban":1}');
  const size = chunk.length;
  ticket.kept!.request.add(chunk);
  chunk.fill("Z");
  end(ticket, size);
  const [without, having] = ends();
  assert.deepEqual([without?.watches, without?.bodies], [[1], undefined]);
  assert.deepEqual(having?.watches, [2]);
  assert.deepEqual(having?.bodies?.request, {
    ...{ size, type: "application/json", encoding: "", truncated: false },
    text: '{"user":"ann","password":"<redacted>","iban":"<redacted>"}',
  });
  assert.deepEqual(having?.bodies?.response, {
    ...{ size: 0, type: "application/json", encoding: "", truncated: false },
  });
});

test("each is told as much of a body as it wants, and how much there was", () => {
  const small = { bodies: { bytesMax: 4, bytesPerSecond: 100_000 } };
  const { begin, end, ends } = bodyRig([WANTING, small, WANTING]);
  const ticket = begin();
  for (let i = 0; i < 300; i++) ticket.kept!.response.add(Buffer.from('"ab" '));
  end(ticket, 0, 1_500, "upstream-reset");
  const told = ends().map(({ watches, bodies }) => [watches, bodies!.response] as const);
  assert.deepEqual(
    told.map(([watches, { text, ...rest }]) => [watches, text?.length, rest]),
    [[1, 3], [2]].map((watches, i) => {
      const about = { size: 1_500, type: "application/json", encoding: "" };
      return [watches, [1_000, 4][i], { ...about, unfinished: true, truncated: true }];
    }),
  );
});

test("nothing is kept that no document allows, of what goes nowhere, and of a conversation", () => {
  const { begin, end, ends } = bodyRig([WANTING], { bodies: "none" });
  const ticket = begin();
  assert.equal(ticket.kept, undefined);
  end(ticket, 7);
  assert.equal(ends()[0]?.bodies?.request.withheld, "forbidden");
  const allowed = bodyRig([WANTING], { bodies: "all" });
  const upgraded = allowed.begin({ upgrade: "websocket" });
  assert.equal(upgraded.kept, undefined);
  allowed.end(upgraded, 7);
  allowed.end(allowed.begin({}, ""), 7);
  assert.deepEqual(
    allowed.ends().map(({ bodies }) => bodies?.request.withheld),
    ["upgrade", "unsent"],
  );
});

test("what is allowed when a body is told counts, not what was when it was kept", () => {
  const { tap, begin, end, ends } = bodyRig([WANTING]);
  const ticket = begin();
  ticket.kept!.request.add(Buffer.from("[1]"));
  tap.obey(undefined);
  end(ticket, 3);
  const { text, withheld } = ends()[0]!.bodies!.request;
  assert.deepEqual([text, withheld], [undefined, "forbidden"]);
});

test("bodies of so many exchanges are kept at once, and room is made when they end", () => {
  const { begin, end, ends } = bodyRig([WANTING]);
  const kept = Array.from({ length: LIMITS.tapBodiesKeptMax }, () => begin());
  const beyond = begin();
  assert.ok(kept.every((ticket) => ticket.kept));
  assert.equal(beyond.kept, undefined);
  end(beyond, 9);
  assert.equal(ends()[0]?.bodies?.request.withheld, "busy");
  end(kept[0]!, 9);
  assert.ok(begin().kept);
  assert.equal(begin().kept, undefined);
});

test("so many bytes are kept in a second, of all exchanges together", () => {
  const { clock, begin, end, ends } = bodyRig([
    { bodies: { bytesMax: 1_000, bytesPerSecond: 1_500 } },
  ]);
  const [first, second, third] = [begin(), begin(), begin()];
  const chunk = Buffer.alloc(1_000, " ");
  for (const ticket of [first, second, third]) ticket!.kept!.request.add(chunk);
  const lengths = () => [first, second, third].map((each) => each!.kept!.request.bytes.length);
  assert.deepEqual(lengths(), [1_000, 500, 0]);
  clock.advance(1_000);
  // What follows a gap would be read as if there were none.
  second!.kept!.request.add(chunk);
  assert.deepEqual(lengths(), [1_000, 500, 0]);
  end(third!, 1_000);
  assert.equal(ends()[0]?.bodies?.request.withheld, "busy");
});

test("whoever has gone gets no bodies, and what is kept for nobody grows no further", () => {
  const { tap, begin, end, ends } = bodyRig([WANTING]);
  const ticket = begin();
  ticket.kept!.request.add(Buffer.from("[1"));
  tap.watch([{ id: 7, filter: {}, perSecondMax: 10 }]);
  ticket.kept!.request.add(Buffer.from("]"));
  assert.equal(ticket.kept!.request.bytes.length, 2);
  end(ticket, 3);
  assert.deepEqual(
    ends().filter(({ bodies }) => bodies !== undefined),
    [],
  );
  assert.equal(begin().kept, undefined);
});

test("a body is kept for who asks for failures, and told only with one", () => {
  const { begin, end, ends, tap } = bodyRig([{ ...WANTING, filter: { statusFrom: 500 } }]);
  const well = begin();
  well.kept!.request.add(Buffer.from("[1]"));
  end(well, 3);
  assert.deepEqual(ends(), []);
  const failed = begin();
  failed.kept!.request.add(Buffer.from("[2]"));
  const counts = { requestBytes: 3, responseBytes: 0, grpcStatus: "", cause: "timeout" };
  tap.ended(failed, { durationMs: 2, status: 504, ...counts, hasRequestEnded: false });
  const request = ends()[0]!.bodies!.request;
  assert.deepEqual([request.text, request.unfinished], ["[2]", true]);
});

test("much at once is told in messages that are not too large", () => {
  const bodies = { bytesMax: LIMITS.tapBodyBytesMax, bytesPerSecond: 64 * 2 ** 20 };
  const { clock, told, begin, end } = bodyRig([{ bodies }], { bodies: "all" });
  const chunk = Buffer.alloc(LIMITS.tapBodyBytesMax, 7);
  let kept = 0;
  for (let second = 0; second < 3; second++) {
    for (let i = 0; i < 30; i++) {
      const ticket = begin({ headers: [] });
      ticket.kept!.request.add(chunk);
      kept += ticket.kept!.request.bytes.length;
      end(ticket, chunk.length);
    }
    clock.advance(1_000);
  }
  assert.equal(kept, 3 * LIMITS.tapBodyBytesPerSecond);
  assert.ok(told.length > 3);
  for (const { events } of told) {
    assert.ok(encodeMessage({ type: "tap", events }).length < LIMITS.controlMessageBytesMax);
  }
});

test("headers that documents add are secret, and those that bear a secret's name", () => {
  const { tap, begin, clock, told } = bodyRig([{}]);
  begin({ headers: ["x-user", "ZZ", "access-token", "ZZ", "x-other", "seen"] });
  clock.advance(LIMITS.tapTellMs);
  const text = JSON.stringify(told);
  assert.doesNotMatch(text, /ZZ/);
  assert.match(text, /seen/);
  tap.obey(undefined);
  begin({ headers: ["x-user", "ann"] });
  clock.advance(LIMITS.tapTellMs);
  assert.match(JSON.stringify(told), /ann/);
});
