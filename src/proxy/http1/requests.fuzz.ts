// Requests that are nearly right, to our HTTP/1 side that is asked: heads and chunked bodies.
// However they are cut, they are the same requests and get the same answers.

import assert from "node:assert/strict";
import type { Dice } from "#base/dice.fuzz.ts";
import { asksForTunnel } from "#proxy/exchange/heads.ts";
import { answerOk, ServerRig } from "./test-rig.ts";

const CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n";
const METHODS = ["GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "X-OWN"];
const TARGETS = ["/", "/a?b=c", "*", "http://a/b", "a:80", "//a", "/%2f..", "/\x7f"];
const FIELDS = [
  "Content-Length: 5",
  "Content-Length: 0",
  "Content-Length: 5, 5",
  "Content-Length: +5",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding:\tchunked ",
  "Connection: close",
  "Connection: keep-alive, x-a",
  "Connection: upgrade\r\nUpgrade: websocket",
  "Expect: 100-continue",
  "TE: trailers",
  "Host: b",
  "__proto__: a",
  "X-A: \xff",
  "X-B : a",
  " folded",
  ": nameless",
];
const HEAD_WORDS = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  "\t",
  ":",
  ",",
  "HTTP/1.1",
  "Host: a\r\n",
  "\r\n\r\n",
];
const EXTENSIONS = ["", ";a", ';a="b"', ';a="\\""', " ; a = b", ";", ";=", ';a="'];
const CHUNK_WORDS = [
  "\r\n",
  "\n",
  "\r",
  "0",
  "0x",
  "+",
  "_",
  "ffffffff",
  " ",
  ";",
  "0\r\n\r\n",
  "F",
];

export function fuzzHeads(dice: Dice): void {
  const one = () => {
    const fields = dice.some(4, () => `${dice.oneOf(FIELDS)}\r\n`).join("");
    const version = dice.oneOf(["1.1", "1.1", "1.1", "1.0", "2.0"]);
    const line = `${dice.oneOf(METHODS)} ${dice.oneOf(TARGETS)} HTTP/${version}\r\n`;
    return `${line}Host: a\r\n${fields}\r\n${dice.oneOf(["", "hello", "5\r\nhello\r\n0\r\n\r\n"])}`;
  };
  compare(dice, dice.some(3, one).join(""), HEAD_WORDS);
}

export function fuzzChunks(dice: Dice): void {
  const chunk = () => {
    const text = "x".repeat(dice.below(40));
    const size = dice.oneOf(["", "0", "00"]) + text.length.toString(16);
    const line = (dice.chance(0.5) ? size : size.toUpperCase()) + dice.oneOf(EXTENSIONS);
    return `${line}\r\n${text}\r\n`;
  };
  const trailer = () => dice.oneOf(["X-A: b\r\n", "Host: b\r\n", "Content-Length: 5\r\n", "x\r\n"]);
  const body = `${dice.some(6, chunk).join("")}0\r\n${dice.some(2, trailer).join("")}\r\n`;
  const head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  compare(dice, `${head}${body}GET / HTTP/1.1\r\nHost: a\r\n\r\n`, CHUNK_WORDS);
}

function compare(dice: Dice, text: string, words: readonly string[]): void {
  const bytes = dice.spoil(Buffer.from(text, "latin1"), words);
  const parts = dice.cut(bytes);
  assert.deepEqual(outcomeOf(parts), outcomeOf([bytes]), JSON.stringify(bytes.toString("latin1")));
}

function outcomeOf(parts: readonly Buffer[]): unknown {
  const rig = new ServerRig({
    ended: (request) => {
      if (!asksForTunnel(request.head)) answerOk(request);
    },
  });
  for (const part of parts) rig.send(part.toString("latin1"));
  // Nobody opens them a tunnel.
  for (const request of rig.requests) if (asksForTunnel(request.head)) answerOk(request);
  rig.peer.end();
  rig.run();
  rig.advance(20_000);
  assert.equal(rig.closed, 1, "the connection ends, once");
  assert.equal(rig.tools.deadlines.pending, 0, "no deadline is left");
  const requests = rig.requests.map(({ head, body, trailers, failure }) => {
    const ends = Number(trailers !== undefined) + Number(failure !== undefined);
    // One that asked for a tunnel may be over with its answer.
    assert.ok(ends === 1 || (ends === 0 && asksForTunnel(head)), "a request ends in one way");
    return { head, body, trailers, failure: failure?.code };
  });
  const refusals = rig.refused.length;
  assert.ok(refusals <= 1, "one refusal is the last word");
  // Whoever has sent the body already isn't told to.
  const received = rig.received.replaceAll(CONTINUE, "");
  // Of several faults, the one that was seen first is named.
  const answers = refusals === 0 ? received : received.slice(0, received.lastIndexOf("HTTP/1.1 "));
  return { requests, refusals, answers };
}
