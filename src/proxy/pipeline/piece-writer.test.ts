import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { DownstreamStream } from "#proxy/exchange/exchange.ts";
import { PieceWriter } from "./piece-writer.ts";

test("an answer that takes long is made a millisecond at a time", () => {
  const { writer, clock, turns } = newWriter();
  const reader = new Reader();
  const body = slowPieces(clock, 10, 0.4);
  writer.send(reader.stream, { status: 200, type: "text/plain", body, isHead: false });
  let rounds = 0;
  while (!reader.hasEnded) {
    rounds++;
    turns.shift()!();
  }
  assert.equal(reader.text, "0123456789");
  assert.deepEqual(reader.chunks, ["012", "345", "678", "9"], "three of 0.4 ms each");
  assert.equal(rounds, 3);
});

test("it waits while its reader is slow, and nothing is made for one that is gone", () => {
  const { writer, turns } = newWriter();
  const reader = new Reader();
  reader.takes = false;
  let made = 0;
  const body = (function* () {
    for (; made < 100; made++) yield "x".repeat(100_000);
  })();
  const events = writer.send(reader.stream, {
    status: 200,
    type: "text/plain",
    body,
    isHead: false,
  });
  assert.equal(turns.length, 0);
  assert.equal(reader.chunks.length, 1);
  events.drained();
  turns.shift()!();
  assert.equal(reader.chunks.length, 2);
  events.fail({ code: "stream-idle", side: "downstream", retry: "never", detail: "" });
  events.drained();
  for (const turn of turns) turn();
  assert.equal(reader.chunks.length, 2);
});

test("only so many are made at once", () => {
  const { writer, turns } = newWriter();
  const readers = Array.from({ length: LIMITS.scrapesMax + 1 }, () => new Reader());
  for (const reader of readers) {
    reader.takes = false;
    const body = ["a".repeat(100_000), "b"];
    writer.send(reader.stream, { status: 200, type: "text/plain", body, isHead: false });
  }
  const statuses = readers.map(({ status }) => status);
  assert.deepEqual(statuses, [...Array(LIMITS.scrapesMax).fill(200), 503]);
  assert.equal(turns.length, 0);
});

function newWriter() {
  const clock = new FakeClock();
  const turns: (() => void)[] = [];
  return { clock, turns, writer: new PieceWriter(clock, (run) => turns.push(run)) };
}

// Each takes a while to be made.
function* slowPieces(clock: FakeClock, count: number, ms: number): Generator<string> {
  for (let i = 0; i < count; i++) {
    clock.advance(ms);
    yield String(i);
  }
}

class Reader {
  readonly chunks: string[] = [];
  takes = true;
  hasEnded = false;
  status = 0;
  readonly stream: DownstreamStream = {
    inform() {},
    respond: ({ status }) => {
      this.status = status;
    },
    write: (chunk) => {
      this.chunks.push(Buffer.from(chunk).toString());
      return this.takes;
    },
    end: () => {
      this.hasEnded = true;
    },
    reset() {},
    pause() {},
    resume() {},
  };

  get text(): string {
    return this.chunks.join("");
  }
}
