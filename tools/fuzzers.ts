// All fuzzers, by name. Each makes one input of the dice that it is given, and throws where the
// code under it does what it mustn't.

import type { Dice } from "#base/dice.fuzz.ts";
import { fuzzClientHellos, fuzzProxyHeaders } from "#proxy/detection/first-bytes.fuzz.ts";
import { fuzzAnswers } from "#proxy/http1/answers.fuzz.ts";
import { fuzzChunks, fuzzHeads } from "#proxy/http1/requests.fuzz.ts";
import { fuzzFramesToClient, fuzzFramesToServer } from "#proxy/http2/frames.fuzz.ts";
import { fuzzHpack } from "#proxy/http2/hpack.fuzz.ts";
import { fuzzTcpDownstream, fuzzTcpUpstream } from "#proxy/tunnel/calls.fuzz.ts";

export const FUZZERS: ReadonlyMap<string, (dice: Dice) => void> = new Map([
  ["heads", fuzzHeads],
  ["chunks", fuzzChunks],
  ["answers", fuzzAnswers],
  ["frames-to-server", fuzzFramesToServer],
  ["frames-to-client", fuzzFramesToClient],
  ["hpack", fuzzHpack],
  ["proxy-headers", fuzzProxyHeaders],
  ["client-hellos", fuzzClientHellos],
  ["tcp-upstream", fuzzTcpUpstream],
  ["tcp-downstream", fuzzTcpDownstream],
]);
