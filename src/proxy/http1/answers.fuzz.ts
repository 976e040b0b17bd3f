// Answers that are nearly right, to our HTTP/1 side that asks. However they are cut, they are the
// same answer, and the exchange ends in one way.

import assert from "node:assert/strict";
import type { Dice } from "#base/dice.fuzz.ts";
import { ClientRig, RecordedAnswer, requestHead } from "./test-rig.ts";

const STATUSES = ["200 OK", "204 ", "304 x", "100 a", "103 b", "101 c", "999", "20 d", "2000"];
const FIELDS = [
  "Content-Length: 5",
  "Content-Length: 0",
  "Content-Length: 5\r\nContent-Length: 5",
  "Content-Length: -1",
  "Transfer-Encoding: chunked",
  "Transfer-Encoding: chunked, chunked",
  "Connection: close",
  "Connection: x-a\r\nX-A: b",
  "Upgrade: websocket\r\nConnection: upgrade",
  "Keep-Alive: timeout=5",
  "X-B: \xff",
  " folded",
  "X-C : d",
  "__proto__: e",
];
const BODIES = ["", "hello", "5\r\nhello\r\n0\r\n\r\n", "5;a=b\r\nhello\r\n0\r\nX-T: u\r\n\r\n"];
const WORDS = [
  "\r\n",
  "\n",
  "\r",
  "\0",
  " ",
  ":",
  "HTTP/1.0",
  "HTTP/1.1 200 OK\r\n",
  "\r\n\r\n",
  "0",
];

export function fuzzAnswers(dice: Dice): void {
  const one = () => {
    const fields = dice.some(3, () => `${dice.oneOf(FIELDS)}\r\n`).join("");
    const version = dice.oneOf(["1.1", "1.1", "1.1", "1.0", "2.0"]);
    return `HTTP/${version} ${dice.oneOf(STATUSES)}\r\n${fields}\r\n${dice.oneOf(BODIES)}`;
  };
  const bytes = dice.spoil(Buffer.from(dice.some(3, one).join(""), "latin1"), WORDS);
  const method = dice.oneOf(["GET", "GET", "HEAD", "POST"]);
  const outcome = outcomeOf(method, [bytes]);
  const said = JSON.stringify(bytes.toString("latin1"));
  assert.deepEqual(outcomeOf(method, dice.cut(bytes)), outcome, `${method}: ${said}`);
}

function outcomeOf(method: string, parts: readonly Buffer[]): unknown {
  const rig = new ClientRig();
  const told = new RecordedAnswer();
  rig.connection.open(requestHead({ method }), told).end();
  rig.run();
  for (const part of parts) rig.send(part.toString("latin1"));
  rig.peer.end();
  rig.run();
  const { informs, answer, body, trailers, failure } = told;
  assert.ok((trailers === undefined) !== (failure === undefined), "an exchange ends in one way");
  assert.equal(rig.told.filter((what) => what === "closed").length, 1, "a connection closes once");
  assert.equal(rig.tools.deadlines.pending, 0, "no deadline is left");
  return { informs, answer, body, trailers, failure: failure?.code };
}
