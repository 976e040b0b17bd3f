import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccessEntry } from "./access-entry.ts";
import { callKey } from "./telemetry-fixture.ts";
import { USUAL, Usual, usualHeader } from "./usual.ts";
import { UsualRun } from "./usual-run.ts";

const AGENT = usualHeader(0);
const KEY = callKey();

test("what lines have in common is encoded once, and each has its own words", () => {
  const rig = new Rig(USUAL.outcome | AGENT);
  for (let round = 0; round < 3; round++) {
    for (const agent of ["curl", "", "firefox"]) {
      for (const cause of ["", "no-endpoint"]) {
        for (let twice = 0; twice < 2; twice++) {
          assert.equal(rig.said({ cause }, agent), `${wordsOf({ cause })} ${agent}`);
        }
      }
    }
  }
  // Of six: when they are seen first, and when they are kept.
  assert.equal(rig.encoded, 6 * 2);
});

test("each of what it depends on makes other words of it", () => {
  const others: Partial<AccessEntry>[] = [
    ...[{ status: 503 }, { cause: "no-endpoint" }, { grpcStatus: "14" }, { attempts: 2 }],
    ...[{ key: undefined }, { key: { ...KEY } }, { endpoint: "127.0.0.1:1" }],
    { head: { ...entryOf({}).head, method: "PUT" } },
    { head: { ...entryOf({}).head, authority: "x" } },
  ];
  const rig = new Rig(-1);
  for (let round = 0; round < 3; round++) {
    for (const other of others) {
      for (const said of [{}, other]) assert.equal(rig.said(said, "a"), `${wordsOf(said)} a`);
    }
  }
});

test("who says another thing each time has none of it kept, and loses nobody theirs", () => {
  const rig = new Rig(USUAL.outcome | AGENT);
  for (let i = 0; i < 3; i++) rig.said({}, "usual");
  for (let i = 0; i < 1_000; i++) rig.said({}, `agent ${i}`);
  const before = rig.encoded;
  assert.equal(rig.said({}, "usual"), `${wordsOf({})} usual`);
  assert.equal(rig.encoded, before);
});

test("the oldest words give way, and words that are too long are never kept", () => {
  const rig = new Rig(USUAL.outcome);
  for (let round = 0; round < 2; round++) {
    for (let status = 200; status < 400; status++) {
      for (let i = 0; i < 3; i++) assert.equal(rig.said({ status }), `${wordsOf({ status })} `);
    }
  }
  assert.equal(rig.encoded, 2 * 200 * 2);
  const grpcStatus = "9".repeat(10_000);
  for (let i = 0; i < 3; i++) assert.equal(rig.said({ grpcStatus }), `${wordsOf({ grpcStatus })} `);
});

test("what it doesn't depend on changes nothing", () => {
  const rig = new Rig(USUAL.series);
  for (let status = 200; status < 300; status++) rig.said({ status }, `agent ${status}`);
  assert.equal(rig.encoded, 2);
});

class Rig {
  encoded = 0;
  readonly #last = new Usual();
  readonly #run: UsualRun;

  constructor(dependsOn: number) {
    this.#run = new UsualRun(dependsOn, (entry, [agent]) => {
      this.encoded++;
      return `${wordsOf(entry)} ${agent}`;
    });
  }

  said(other: Partial<AccessEntry>, agent = ""): string {
    const entry = entryOf(other);
    const changed = this.#last.differences(entry, [agent]);
    this.#last.take(entry, [agent]);
    const bytes = this.#run.bytes(changed, entry, [agent]);
    return bytes === undefined ? this.#run.text(entry, [agent]) : Buffer.from(bytes).toString();
  }
}

function wordsOf(other: Partial<AccessEntry>): string {
  const { head, key, status, cause, grpcStatus, attempts, endpoint } = entryOf(other);
  const known = key === undefined ? "nothing" : key === KEY ? "the key" : "another key";
  const { method, authority } = head;
  return [known, status, cause, grpcStatus, attempts, endpoint, method, authority].join();
}

function entryOf(other: Partial<AccessEntry>): AccessEntry {
  const head: AccessEntry["head"] = {
    ...{ method: "GET", path: "/", scheme: "http", authority: "reviews:9080" },
    ...{ headers: [], contentLength: 0 },
  };
  return {
    ...{ head, key: KEY, startedMs: 0, durationMs: 1, firstByteMs: 1, status: 200 },
    ...{ grpcStatus: "", cause: "", bytesReceived: 0, bytesSent: 0, endpoint: "", attempts: 1 },
    isUntraced: false,
    ...other,
  };
}
