import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { seededRandom } from "#base/random.ts";
import { detectProtocol } from "./detect-protocol.ts";

const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

// What each is known by, and after how many bytes.
const KNOWN: readonly (readonly [text: string, is: string, after: number])[] = [
  ["GET / HTTP/1.1\r\n", "http1", 16],
  ["GET / HTTP/1.0\n", "http1", 15],
  ["M-SEARCH * HTTP/1.1\r\nHost: x", "http1", 21],
  ["CONNECT redis:6379 HTTP/1.1\r\n", "http1", 29],
  ["PRIVATE / HTTP/1.1\r\n", "http1", 20],
  ["GET / HTTP/1.9 HTTP/1.1\r\n", "http1", 25],
  ["GET  HTTP/1.1\r\n", "http1", 15],
  [PREFACE, "http2", 24],
  ["\x16\x03\x01\x02\x00\x01\x00", "tls", 6],
  ["\x16\x03\x03\x02\x00\x01", "tls", 6],
  ["\x16\x03\x04\x00\x05\x01", "tls", 6],
  ["\x16\x02\x01", "other", 2],
  ["\x16\x03\x05", "other", 3],
  ["\x16\x03\x01\x00\x00", "other", 5],
  ["\x16\x03\x01\x02\x00\x02", "other", 6],
  ["*1\r\n$4\r\nPING\r\n", "other", 3],
  ["PING\r\n", "other", 5],
  ["EHLO mail.shop\r\n", "other", 16],
  ["SSH-2.0-OpenSSH_9.6 Ubuntu-3\r\n", "other", 30],
  ["PRI * HTTP/2.0\r\n\r\nSMTP", "other", 21],
  ["GET / HTTP/2.0\r\n", "other", 16],
  ["GET / HTTP/1.x\r\n", "other", 16],
  ["GETTING 1\r\n", "other", 11],
  ["G 1\r\n", "other", 5],
  ["GET / http/1.1\r\n", "other", 16],
  ["GET / XHTTP/1.1\r\n", "other", 17],
  ["GET /\0 HTTP/1.1\r\n", "other", 6],
  [" GET / HTTP/1.1\r\n", "other", 1],
  ["\r\nGET / HTTP/1.1\r\n", "other", 1],
  ["\0\0\0\x08\x04\xd2\x16\x2f", "other", 1],
];

for (const [text, is, after] of KNOWN) {
  test(`${JSON.stringify(text)} is ${is}, and that is known after ${after} bytes`, () => {
    const bytes = Buffer.from(text, "latin1");
    for (let length = 0; length <= bytes.length; length++) {
      const detected = detectProtocol(bytes.subarray(0, length));
      const wanted = length < after ? "undecided" : is;
      assert.equal(detected, wanted, `after ${length} bytes`);
    }
  });
}

test("a word that goes on for too long is no method", () => {
  const longest = "A".repeat(LIMITS.methodBytesMax);
  assert.equal(detectProtocol(Buffer.from(longest)), "undecided");
  assert.equal(detectProtocol(Buffer.from(`${longest} / HTTP/1.1\r\n`)), "http1");
  assert.equal(detectProtocol(Buffer.from(`${longest}A / HTTP/1.1\r\n`)), "other");
});

test("whatever the bytes are, there is an answer, and one that was given stays", () => {
  const random = seededRandom(7);
  const starts = ["", "GET / ", "PRI * HTTP", "\x16\x03\x01", "PUT /a HTTP/1.1\r"];
  for (let i = 0; i < 3000; i++) {
    const start = Buffer.from(starts[i % starts.length]!, "latin1");
    const rest = Buffer.from(Array.from({ length: 24 }, () => Math.floor(random() * 256)));
    const bytes = Buffer.concat([start, rest]);
    let last = "undecided";
    for (let length = 0; length <= bytes.length; length++) {
      const detected = detectProtocol(bytes.subarray(0, length));
      if (last !== "undecided") assert.equal(detected, last);
      last = detected;
    }
  }
});
