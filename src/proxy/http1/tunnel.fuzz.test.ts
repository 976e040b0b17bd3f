// Tunnels on both sides of the codec, whatever happens in whatever order. The seed is fixed; set
// FUZZ_SEED by hand for new ones.

import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { ExchangeEvents, RequestEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { MemoryStream } from "#proxy/transport/memory-stream.ts";
import { ClientRig, requestHead, ServerRig } from "./test-rig.ts";

const seed = Number(process.env["FUZZ_SEED"] ?? 9110);
const UPGRADE = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
const SWITCHED = "HTTP/1.1 101 x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n";
const REFUSED = "HTTP/1.1 403 x\r\nContent-Length: 0\r\n\r\n";
const RESET: Failure = { code: "upstream-reset", side: "upstream", retry: "never", detail: "" };
const BYTES = Buffer.alloc(6, "b");

type Step = { readonly what: (typeof STEPS)[number]; readonly runs: boolean };

const STEPS = [
  ...(["open", "refuse", "write", "end", "pause", "resume", "break", "drain"] as const),
  ...(["peer sends", "peer ends", "peer resets", "peer pauses", "peer resumes"] as const),
];
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.record({ what: fc.constantFrom(...STEPS), runs: fc.boolean() }),
  { minLength: 1, maxLength: 14 },
);

test("a downstream's tunnel tells each end once and leaves nothing behind", () => {
  const property = fc.property(steps, (all) => {
    const seen = new Seen();
    const rig = new ServerRig({
      highWaterBytes: 8,
      started: (request) => Object.assign(request, seen.events()),
    });
    rig.send(UPGRADE);
    const { stream } = rig.request;
    let status = 0;
    const respond = (next: number) => {
      if (status !== 0) return;
      status = next;
      stream.respond({ status, headers: [], contentLength: status === 101 ? -1 : 0 });
      if (status === 403) stream.end();
    };
    const ours: Calls = {
      open: () => respond(101),
      refuse: () => respond(403),
      write: () => status === 101 && stream.write(BYTES),
      end: () => status === 101 && stream.end(),
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      break: () => {
        stream.reset(RESET);
        if (status !== 403) seen.endHere();
      },
      drain: () => rig.connection.drain(),
    };
    for (const step of all) take(step, { ...ours, ...peerCalls(rig.peer) }, rig, seen);
    rig.run();
    seen.during(() => rig.connection.destroy());
    rig.run();
    assert.deepEqual([rig.closed, rig.requests.length], [1, 1]);
    assert.equal(rig.tools.deadlines.pending, 0);
    if (status !== 101) assert.ok(!seen.log.includes("data"));
  });
  fc.assert(property, { seed, numRuns: 2000 });
});

test("an upstream's tunnel tells each end once and leaves nothing behind", () => {
  const property = fc.property(steps, (all) => {
    const seen = new Seen();
    const rig = new ClientRig({ highWaterBytes: 8 });
    const stream = rig.connection.open(requestHead({ upgrade: "x" }), seen.events());
    const ours: Calls = {
      open: () => rig.peer.write(Buffer.from(SWITCHED)),
      refuse: () => rig.peer.write(Buffer.from(REFUSED)),
      write: () => seen.log.includes("head") && stream.write(BYTES),
      end: () => stream.end(),
      pause: () => stream.pause(),
      resume: () => stream.resume(),
      break: () => {
        stream.cancel();
        seen.endHere();
      },
      drain: () => rig.connection.drain(),
    };
    for (const step of all) take(step, { ...ours, ...peerCalls(rig.peer) }, rig, seen);
    rig.run();
    seen.during(() => rig.connection.destroy());
    rig.run();
    assert.equal(rig.told.filter((what) => what === "closed").length, 1);
    assert.equal(rig.tools.deadlines.pending, 0);
  });
  fc.assert(property, { seed, numRuns: 2000 });
});

type Calls = Readonly<Record<string, () => void>>;

function peerCalls(peer: MemoryStream): Calls {
  return {
    "peer sends": () => peer.write(BYTES),
    "peer ends": () => peer.end(),
    "peer resets": () => peer.reset(),
    "peer pauses": () => peer.pause(),
    "peer resumes": () => peer.resume(),
  };
}

function take({ what, runs }: Step, calls: Calls, rig: { run(): void }, seen: Seen): void {
  seen.during(calls[what]!);
  if (runs) rig.run();
}

// What an exchange was told, held against the rules of the contract.
class Seen {
  readonly log: string[] = [];
  #isInCall = false;
  #isOver = false;

  during(call: () => void): void {
    this.#isInCall = true;
    call();
    this.#isInCall = false;
  }

  // No event follows.
  endHere(): void {
    this.#isOver = true;
  }

  events(): RequestEvents & ExchangeEvents {
    const note = (what: string) => () => {
      assert.ok(!this.#isInCall, `${what} from inside a call`);
      assert.ok(!this.#isOver && !this.log.includes("fail"), `${what} after the end of all`);
      const isOfDirection = what === "data" || what === "end" || what === "head";
      assert.ok(!isOfDirection || !this.log.includes("end"), `${what} after the end`);
      this.log.push(what);
    };
    return {
      inform: note("inform"),
      head: note("head"),
      data: note("data"),
      end: note("end"),
      fail: note("fail"),
      drained: note("drained"),
    };
  }
}
