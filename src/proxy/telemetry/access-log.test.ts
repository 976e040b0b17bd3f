import assert from "node:assert/strict";
import { test } from "node:test";
import { Deadlines } from "#base/deadlines.ts";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import { seededRandom } from "#base/random.ts";
import type { AccessLogPlan } from "#snapshot/access-log-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { AccessLog } from "./access-log.ts";
import { callKey } from "./telemetry-fixture.ts";

const TRACE_ID = "4bf92f3577b34da6a3ce929d0e0e4736";
const JSON_PLAN: AccessLogPlan = {
  format: "json",
  fields: ["start_time", "method", "path", "query", "response_code", "response_flags", "cause"],
  headers: ["user-agent"],
  filter: {},
};

test("a line says what happened, in types that a reader can count on", () => {
  const log = newLog({
    ...JSON_PLAN,
    fields: [
      ...["start_time", "reporter", "method", "path", "query", "response_code"],
      ...["response_flags", "cause", "grpc_status", "bytes_sent", "duration", "attempts"],
      ...["source", "destination", "service", "upstream_host", "mutual_tls", "trace_id"],
    ] as AccessLogPlan["fields"],
  });
  log.note({ path: "/books?user=7", status: 503, cause: "no-endpoint", attempts: 2 });
  assert.deepEqual(JSON.parse(log.written()), {
    start_time: "2026-01-01T00:00:00.000Z",
    reporter: "destination",
    method: "GET",
    path: "/books",
    query: "user=7",
    response_code: 503,
    response_flags: "UH",
    cause: "no-endpoint",
    grpc_status: null,
    bytes_sent: 20,
    duration: 12.5,
    attempts: 2,
    source: "bookshop/web",
    destination: "bookshop/reviews-v1",
    service: "bookshop/reviews",
    upstream_host: "127.64.0.3:9080",
    mutual_tls: true,
    trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
    "user-agent": "curl/8",
  });
});

test("a header that is asked for is said whole, wherever a request has it", () => {
  const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const headers = ["traceparent", "constructor", "user-agent"];
  const log = newLog({ ...JSON_PLAN, fields: ["trace_id"], headers });
  for (const before of [[], ["accept", "*/*"], []]) {
    log.note({ further: before });
    log.note({ further: [...before, "constructor", "x"] });
  }
  const lines = log.written().trimEnd().split("\n");
  assert.equal(lines.length, 6);
  for (const [i, line] of lines.entries()) {
    assert.deepEqual(JSON.parse(line), {
      trace_id: "4bf92f3577b34da6a3ce929d0e0e4736",
      traceparent: trace,
      constructor: i % 2 === 0 ? null : "x",
      "user-agent": "curl/8",
    });
  }
});

test("the id of a trace that nobody keeps is none", () => {
  const log = newLog({ ...JSON_PLAN, fields: ["trace_id"], headers: [] });
  for (const flags of ["00", "01", "02", "03"]) log.note({ flags });
  const ids = log
    .written()
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).trace_id);
  assert.deepEqual(ids, [null, TRACE_ID, null, TRACE_ID]);
});

test("fields stand in the order in which they are asked for", () => {
  const fields = ["path", "start_time", "reporter", "duration"] as const;
  const log = newLog({ ...JSON_PLAN, fields, headers: [] });
  log.note({});
  assert.deepEqual(Object.keys(JSON.parse(log.written())), fields);
});

test("text has the values alone, a dash for what there is none of", () => {
  const log = newLog({ ...JSON_PLAN, format: "text" });
  log.note({ agent: "a browser", path: "/a b" });
  assert.equal(log.written(), '2026-01-01T00:00:00.000Z GET "/a b" - 200 - - "a browser"\n');
});

test("nothing that a peer sends ends a line, begins a field or steers a terminal", () => {
  // As bytes a head has no others.
  const path = '/x"}\n{"path":"/forged"}\r\n\u001b[2J\u009b1m\u00ff"';
  const hostile = `${path}\u2028\u202e`;
  for (const format of ["json", "text"] as const) {
    const log = newLog({ ...JSON_PLAN, format });
    log.note({ path, agent: hostile, method: hostile });
    const line = log.written();
    assert.match(line, /^[^\p{Cc}\u2028\u202e]*\n$/u, format);
    if (format === "json") {
      const { path: told, "user-agent": agent, method } = JSON.parse(line);
      assert.deepEqual([told, agent, method], [path, hostile, hostile]);
    }
  }
});

test("a long text is cut", () => {
  const ofAgent = newLog(JSON_PLAN);
  ofAgent.note({ agent: "x".repeat(100_000) });
  assert.ok(ofAgent.written().length < LIMITS.accessLogTextMax + 300);
  const log = newLog(JSON_PLAN);
  const paths = [100_000, 7, LIMITS.accessLogTextMax - 1, 4_000].map((i) => `/${"x".repeat(i)}`);
  for (const path of [...paths, ...paths, ...paths]) log.note({ path });
  const cut = paths.map((path) => {
    const start = path.slice(0, LIMITS.accessLogTextMax);
    return start === path ? path : `${start}...`;
  });
  assert.deepEqual(
    linesOf(log).map(({ path }) => path),
    [...cut, ...cut, ...cut],
  );
});

test("of any mix of requests each has a line of its own, in their order", () => {
  const random = seededRandom(3);
  const oneOf = <T>(...all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const log = newLog(JSON_PLAN);
  const noted = Array.from({ length: 1_000 }, (_, i) => {
    const one = {
      path: `/${i}/${"p".repeat(Math.floor(random() * 200))}`,
      method: oneOf("GET", "GET", "GET", "POST", 'Q"'),
      agent: oneOf("curl/8", "", `agent ${i}`, "\u00fcber"),
      status: oneOf(200, 200, 200, 404, 503),
      cause: oneOf("", "", "no-endpoint"),
    };
    log.note(one);
    return one;
  });
  const expected = noted.map(({ path, method, agent, status, cause }) =>
    [path, method, agent || null, status, cause || null].join(),
  );
  const found = linesOf(log).map((line) => FIELDS.map((field) => line[field]).join());
  assert.deepEqual(found, expected);
});

test("a filter takes only what all of its conditions take", () => {
  const passes = (filter: AccessLogPlan["filter"], entry: Partial<Noted>) => {
    const log = newLog({ ...JSON_PLAN, filter });
    log.note(entry);
    return log.written() !== "";
  };
  assert.ok(passes({ failures: true }, { status: 500 }));
  assert.ok(passes({ failures: true }, { cause: "no-route", status: 404 }));
  assert.ok(passes({ failures: true }, { grpcStatus: "14" }));
  assert.ok(!passes({ failures: true }, { status: 404 }));
  assert.ok(passes({ statusAtLeast: 400, methods: ["GET"] }, { status: 404 }));
  assert.ok(!passes({ statusAtLeast: 400, methods: ["POST"] }, { status: 404 }));
  assert.ok(passes({ durationAtLeastMs: 12.5 }, {}));
  assert.ok(!passes({ durationAtLeastMs: 13 }, {}));
  assert.ok(passes({ pathPrefixes: ["/a", "/b"] }, { path: "/books" }));
  assert.ok(!passes({ pathPrefixes: ["/a"] }, { path: "/books" }));
  assert.ok(!passes({ reporter: "source" }, {}));
  assert.ok(!passes({ percent: 0 }, {}));
});

test("a share of the requests is that share", () => {
  const log = newLog({ ...JSON_PLAN, filter: { percent: 25 } });
  for (let i = 0; i < 4000; i++) log.note({});
  const lines = log.written().split("\n").length - 1;
  assert.ok(lines > 900 && lines < 1100, `${lines} of 4000`);
});

test("a reader that stands still costs lines, which are counted, and no memory", () => {
  const log = newLog(JSON_PLAN);
  log.takes = false;
  let noted = 0;
  while (log.log.lost === 0) {
    log.note({});
    noted++;
    if (noted % 100 === 0) log.flush();
    assert.ok(noted < 100_000, "it is bounded");
  }
  for (let i = 0; i < 50; i++) log.note({});
  assert.equal(log.log.lost, 51);
  log.takes = true;
  log.resume();
  log.flush();
  assert.equal(log.log.lines, noted - 1);
  assert.equal(log.log.lost, 51);
});

test("what a document switches off writes nothing more", () => {
  const log = newLog(JSON_PLAN);
  log.log.obey(undefined);
  assert.equal(log.log.isOn, false);
  log.log.obey(JSON_PLAN);
  assert.equal(log.log.isOn, true);
  log.note({});
  assert.notEqual(log.written(), "");
});

type Noted = {
  readonly path: string;
  readonly method: string;
  readonly agent: string;
  readonly status: number;
  readonly cause: string;
  readonly grpcStatus: string;
  readonly attempts: number;
  readonly flags: string; // of its trace
  readonly further: readonly string[]; // headers before the others
};

const FIELDS = ["path", "method", "user-agent", "response_code", "cause"];

function linesOf(log: Rig): Record<string, unknown>[] {
  const lines = log.written().trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line));
}

function newLog(plan: AccessLogPlan): Rig {
  const rig = new Rig();
  rig.log.obey(plan);
  return rig;
}

class Rig {
  readonly clock = new FakeClock();
  readonly log: AccessLog;
  takes = true;
  readonly #turns: (() => void)[] = [];
  #text = "";
  #waiting: ((isWritten: boolean) => void) | undefined;

  constructor() {
    const { clock } = this;
    this.log = new AccessLog({
      clock,
      deadlines: new Deadlines(clock),
      random: seededRandom(7),
      write: (bytes, done) => {
        this.#text += Buffer.from(bytes).toString();
        if (this.takes) this.#turns.push(() => done(true));
        else this.#waiting = done;
      },
    });
  }

  note(other: Partial<Noted>): void {
    const { path = "/books", method = "GET", agent = "curl/8", ...others } = other;
    const { flags = "01", further = [], ...rest } = others;
    const trace = `00-${TRACE_ID}-00f067aa0ba902b7-${flags}`;
    const head: AccessEntry["head"] = {
      ...{ method, path, scheme: "http", authority: "reviews:9080", contentLength: 0 },
      headers: [...further, "user-agent", agent, "traceparent", trace],
    };
    this.log.note({
      ...{ head, key: callKey(), startedMs: this.clock.nowMs(), durationMs: 12.5, firstByteMs: 3 },
      ...{ status: 200, grpcStatus: "", cause: "", bytesReceived: 10, bytesSent: 20, attempts: 1 },
      ...{ endpoint: "127.64.0.3:9080", isUntraced: false },
      ...rest,
    });
  }

  flush(): void {
    this.turn();
    this.clock.advance(LIMITS.accessLogFlushMs + 20);
    this.turn();
  }

  turn(): void {
    for (let run = this.#turns.shift(); run; run = this.#turns.shift()) run();
  }

  resume(): void {
    this.#waiting!(true);
  }

  written(): string {
    this.flush();
    return this.#text;
  }
}
