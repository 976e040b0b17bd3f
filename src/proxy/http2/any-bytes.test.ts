// Whatever a peer sends, a connection answers, ends or goes on; it never throws.

import { test } from "node:test";
import fc from "fast-check";
import { PREFACE } from "./frame-types.ts";
import { frame, notes, rawDownstream, rawUpstream, settings, settle } from "./raw-peer.ts";
import { echo, GET } from "./test-tools.ts";

const HEAD = [":method", "POST", ":scheme", "http", ":authority", "a", ":path", "/"];
const anyFrame = fc
  .tuple(
    fc.integer({ min: 0, max: 11 }),
    fc.integer({ min: 0, max: 255 }),
    fc.integer({ min: 0, max: 8 }),
    fc.uint8Array({ maxLength: 40 }),
  )
  .map(([type, flags, id, payload]) => frame(type, flags, id, Buffer.from(payload)));
const frames = fc.array(anyFrame, { maxLength: 12 });
const options = { seed: 9113, numRuns: 300 };

test("a server survives any frames behind a request", () =>
  fc.assert(
    fc.asyncProperty(frames, fc.uint8Array({ maxLength: 30 }), async (some, tail) => {
      const { peer, connection } = rawDownstream(echo, [Buffer.from(PREFACE), settings()]);
      peer.send(frame(1, 4, 1, peer.block(...HEAD)), ...some, Buffer.from(tail));
      await settle();
      connection.destroy();
      await settle();
    }),
    options,
  ));

test("a client survives any frames behind an answer's head", () =>
  fc.assert(
    fc.asyncProperty(frames, fc.boolean(), async (some, isAnswered) => {
      const { peer, connection } = rawUpstream();
      for (let i = 0; i < 3; i++) connection.open({ ...GET, contentLength: -1 }, notes([]));
      if (isAnswered) peer.send(frame(1, 4, 1, peer.block(":status", "200")));
      peer.send(...some);
      await settle();
      connection.destroy();
      await settle();
    }),
    options,
  ));
