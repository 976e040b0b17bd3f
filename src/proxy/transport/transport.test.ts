import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import { BlockPool } from "./block-pool.ts";
import type { ByteStream, ByteStreamEvents, DialFailure } from "./byte-stream.ts";
import { netDial } from "./net-dial.ts";
import { netListen } from "./net-listen.ts";
import { Outgoing } from "./outgoing.ts";
import { TickFlusher } from "./tick-flusher.ts";

const LOOPBACK = "127.0.0.1";

test("what is written in one tick arrives whole, in order and with one write", async () => {
  const { near, far, close } = await connected();
  const received = collect(far);
  const sizes: number[] = [];
  const outgoing = writerOf(near, sizes);
  near.attach(ignore);
  for (let i = 0; i < 100; i++) {
    outgoing.text(`${i},`);
    outgoing.bytes(Buffer.from("x"));
  }
  await received.until((text) => text.endsWith("99,x"));
  assert.equal(sizes.length, 1);
  close();
});

test("what is more than a block waits for the end of the tick in a larger one", async () => {
  const { near, far, close } = await connected();
  const received = collect(far);
  const sizes: number[] = [];
  const outgoing = writerOf(near, sizes);
  near.attach(ignore);
  const frame = Buffer.alloc(LIMITS.writeBlockBytes - 9, "x");
  const frames = 10;
  for (let i = 0; i < frames; i++) outgoing.bytes(frame);
  await received.until((text) => text.length === frames * frame.length);
  assert.deepEqual(sizes, [LIMITS.writeBulkBytes, frames * frame.length - LIMITS.writeBulkBytes]);
  close();
});

test("more than a block leaves in blocks, and nothing is lost or reordered", async () => {
  const { near, far, close } = await connected();
  const received = collect(far);
  const outgoing = new Outgoing(near, new TickFlusher(setImmediate), new BlockPool());
  near.attach(ignore);
  const big = Buffer.alloc(3 * LIMITS.writeBlockBytes + 7, "ab");
  outgoing.text("<");
  outgoing.bytes(big);
  outgoing.text(big.toString("latin1"));
  outgoing.text(">");
  const text = await received.until((all) => all.endsWith(">"));
  assert.equal(text, `<${big}${big}>`);
  close();
});

test("while one write is under way the next is collected, up to a bound, and leaves whole", () => {
  const stream = new BusyStream();
  const runs: (() => void)[] = [];
  const tick = (): void => {
    for (const run of runs.splice(0)) run();
  };
  const outgoing = new Outgoing(stream, new TickFlusher((run) => runs.push(run)), new BlockPool());
  outgoing.text("first");
  tick();
  const piece = Buffer.alloc(LIMITS.writeBlockBytes);
  for (let at = 0; at < LIMITS.writeAheadBytes; at += piece.length) {
    assert.equal(outgoing.isBlocked, false);
    outgoing.bytes(piece);
    tick();
  }
  assert.equal(outgoing.isBlocked, true);
  assert.deepEqual(stream.sizes, [5]);
  stream.isBusy = false;
  outgoing.unblock();
  tick();
  assert.deepEqual(stream.sizes, [5, LIMITS.writeAheadBytes]);
  assert.equal(outgoing.isBlocked, false);
});

test("a peer that doesn't read blocks the writer until it does", async () => {
  const { near, far, close } = await connected();
  const outgoing = new Outgoing(near, new TickFlusher(setImmediate), new BlockPool());
  const drained = new Promise<void>((resolve) => {
    near.attach({ ...ignore, drained: resolve });
  });
  let received = 0;
  far.attach({
    ...ignore,
    data(bytes) {
      received += bytes.length;
    },
  });
  far.pause();
  let sent = 0;
  while (!outgoing.isBlocked) {
    outgoing.bytes(Buffer.alloc(LIMITS.writeBlockBytes));
    sent += LIMITS.writeBlockBytes;
    await new Promise(setImmediate);
  }
  far.resume();
  await drained;
  while (received < sent) await new Promise(setImmediate);
  assert.equal(received, sent);
  close();
});

test("what several connections bring does not mix, though they share a buffer", async () => {
  const texts: Promise<string>[] = [];
  const listener = await netListen({ address: LOOPBACK, port: 0 }, (stream) => {
    texts.push(collect(stream).until((text) => text.length === 2000));
  });
  const dial = netDial(systemClock);
  const streams = await Promise.all(
    Array.from("01234567", () => {
      return new Promise<ByteStream>((resolve, reject) => {
        dial(listener, 1000, { connected: resolve, failed: reject });
      });
    }),
  );
  for (const stream of streams) stream.attach(ignore);
  for (let round = 0; round < 20; round++) {
    for (const [i, stream] of streams.entries()) stream.write(Buffer.from(`${i}`.repeat(100)));
    await new Promise(setImmediate);
  }
  const whole = (await Promise.all(texts)).sort();
  assert.deepEqual(
    whole,
    Array.from("01234567", (digit) => digit.repeat(2000)),
  );
  listener.close();
  for (const stream of streams) stream.destroy();
});

test("a refused connection is told as refused, with the system's code", async () => {
  const listener = await netListen({ address: LOOPBACK, port: 0 }, () => {});
  listener.close();
  const failure = await new Promise<DialFailure>((resolve, reject) => {
    netDial(systemClock)(listener, 1000, { connected: reject, failed: resolve });
  });
  assert.deepEqual(failure, { kind: "refused", detail: "ECONNREFUSED" });
});

test("either side may close its direction and still read", async () => {
  const { near, far, close } = await connected();
  const answer = collect(near);
  far.attach({
    ...ignore,
    ended() {
      far.write(Buffer.from("late"));
      far.end();
    },
  });
  near.end();
  assert.equal(await answer.until((text) => text === "late"), "late");
  close();
});

test("a reset closes both ends, and to the peer it is no orderly end", async () => {
  const { near, far, close } = await connected();
  const codes = Promise.all([near, far].map(codeOfClose));
  near.reset();
  assert.deepEqual(await codes, ["", "ECONNRESET"]);
  close();
});

test("a stream that is just closing its direction can be reset", async () => {
  const { near, close } = await connected();
  const code = codeOfClose(near);
  near.end();
  near.reset();
  assert.equal(await code, "");
  close();
});

function codeOfClose(stream: ByteStream): Promise<string> {
  return new Promise((resolve) => stream.attach({ ...ignore, closed: resolve }));
}

const ignore: ByteStreamEvents = { data() {}, ended() {}, drained() {}, closed() {} };

async function connected(): Promise<{ near: ByteStream; far: ByteStream; close: () => void }> {
  let accepted: (stream: ByteStream) => void;
  const far = new Promise<ByteStream>((resolve) => {
    accepted = resolve;
  });
  const listener = await netListen({ address: LOOPBACK, port: 0 }, (stream) => accepted(stream));
  const near = await new Promise<ByteStream>((resolve, reject) => {
    netDial(systemClock)(listener, 1000, { connected: resolve, failed: reject });
  });
  const both = { near, far: await far };
  const close = (): void => {
    listener.close();
    both.near.destroy();
    both.far.destroy();
  };
  return { ...both, close };
}

// Like TLS: what it is given is under way until the test says otherwise.
class BusyStream implements ByteStream {
  readonly remote = "";
  readonly isTaken = true;
  readonly isWritten = false;
  readonly sizes: number[] = [];
  isBusy = false;

  attach(): void {}

  write(bytes: Uint8Array): boolean {
    this.sizes.push(bytes.length);
    this.isBusy = true;
    return true;
  }

  end(): void {}
  destroy(): void {}
  reset(): void {}
  pause(): void {}
  resume(): void {}
}

// Notes the size of each write.
function writerOf(stream: ByteStream, sizes: number[]): Outgoing {
  const noting: ByteStream = {
    remote: stream.remote,
    isTaken: true,
    isBusy: false,
    isWritten: true,
    attach: (events) => stream.attach(events),
    write(bytes) {
      sizes.push(bytes.length);
      return stream.write(Buffer.from(bytes));
    },
    end() {},
    destroy() {},
    reset() {},
    pause() {},
    resume() {},
  };
  return new Outgoing(noting, new TickFlusher(setImmediate), new BlockPool());
}

function collect(stream: ByteStream): { until(is: (text: string) => boolean): Promise<string> } {
  let text = "";
  let check = (): void => {};
  stream.attach({
    ...ignore,
    data(bytes) {
      text += Buffer.from(bytes).toString("latin1");
      check();
    },
  });
  return {
    until: (is) =>
      new Promise((resolve) => {
        check = () => is(text) && resolve(text);
        check();
      }),
  };
}
