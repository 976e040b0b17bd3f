import assert from "node:assert/strict";
import { test } from "node:test";
import { AnswerParser, type AnswerProgress } from "./answer-parser.ts";

const WHOLE: readonly (readonly [name: string, answer: string, status: number, bytes: number])[] = [
  ["a length", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, 5],
  ["no body", "HTTP/1.1 503 \r\ncontent-length: 0\r\n\r\n", 503, 0],
  ["a status that has none", "HTTP/1.1 204 No Content\r\nserver: x\r\n\r\n", 204, 0],
  [
    "chunks, an extension and a trailer",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nA;x=y\r\n0123456789\r\n" +
      "0\r\nx-sum: 1\r\n\r\n",
    200,
    15,
  ],
  [
    "an interim head before it",
    "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\nHTTP/1.1 201 C\r\ncontent-length: 1\r\n\r\nx",
    201,
    1,
  ],
];

test("an answer is whole at its last byte and not before, however it is split", () => {
  for (const [name, answer, status, bytes] of WHOLE) {
    for (let at = 1; at < answer.length; at++) {
      const parser = expecting(false);
      assert.equal(feed(parser, answer.slice(0, at)), "more", `${name}, ${at}`);
      assert.equal(feed(parser, answer.slice(at)), "done", `${name}, ${at}`);
      assert.deepEqual([parser.status, parser.bodyBytes], [status, bytes], name);
      assert.equal(parser.keepsAlive, true, name);
    }
  }
});

test("bytes after an answer that nobody asked for are a fault", () => {
  for (const [name, answer] of WHOLE) {
    assert.equal(feed(expecting(false), `${answer}H`), "fault", name);
  }
});

const BROKEN: readonly (readonly [name: string, answer: string])[] = [
  ["another protocol", "SSH-2.0-x\r\n\r\n"],
  ["another version", "HTTP/2.0 200 OK\r\n\r\n"],
  ["a status of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
  ["an upgrade", "HTTP/1.1 101 Switching\r\nupgrade: x\r\n\r\n"],
  ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\n"],
  [
    "a length and chunks",
    "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
  ],
  ["a length with a sign", "HTTP/1.1 200 OK\r\ncontent-length: +1\r\n\r\n"],
  ["another coding", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n"],
  ["a line without a colon", "HTTP/1.1 200 OK\r\nserver\r\nx: y\r\n\r\n"],
  ["a space before the colon", "HTTP/1.1 200 OK\r\nserver : x\r\n\r\n"],
  ["a folded line", "HTTP/1.1 200 OK\r\na: b\r\n c: d\r\n\r\n"],
  ["a line feed alone", "HTTP/1.1 200 OK\r\na: b\nc: d\r\n\r\n"],
  ["a size that is no number", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nx\r\n"],
  ["an empty size", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n\r\n"],
  [
    "a chunk longer than its size",
    "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nab\r\n",
  ],
];

test("a broken answer is a fault, whole or byte by byte", () => {
  for (const [name, answer] of BROKEN) {
    assert.equal(feed(expecting(false), answer), "fault", name);
    const parser = expecting(false);
    const progress = [...answer].map((byte) => feed(parser, byte));
    assert.equal(progress.at(-1), "fault", name);
  }
});

test("an answer without a length ends with the connection", () => {
  const parser = expecting(false);
  assert.equal(feed(parser, "HTTP/1.1 200 OK\r\nserver: x\r\n\r\nsome"), "more");
  assert.equal(feed(parser, "thing"), "more");
  assert.equal(parser.finish(), true);
  assert.deepEqual([parser.bodyBytes, parser.keepsAlive], [9, false]);
});

test("a connection that ends inside a body leaves no whole answer", () => {
  const parser = expecting(false);
  feed(parser, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nshort");
  assert.equal(parser.finish(), false);
});

test("the answer to HEAD has no body, whatever its length says", () => {
  const parser = expecting(true);
  assert.equal(feed(parser, "HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n"), "done");
});

test("an answer says whether its connection may be used again", () => {
  const cases = [
    ["HTTP/1.1 200 OK\r\n", true],
    ["HTTP/1.1 200 OK\r\nConnection: Close\r\n", false],
    ["HTTP/1.0 200 OK\r\n", false],
    ["HTTP/1.0 200 OK\r\nconnection: keep-alive\r\n", true],
  ] as const;
  for (const [head, keepsAlive] of cases) {
    const parser = expecting(false);
    assert.equal(feed(parser, `${head}content-length: 0\r\n\r\n`), "done");
    assert.equal(parser.keepsAlive, keepsAlive, head);
  }
});

function expecting(isHead: boolean): AnswerParser {
  const parser = new AnswerParser();
  parser.expect(isHead);
  return parser;
}

function feed(parser: AnswerParser, text: string): AnswerProgress {
  const bytes = Buffer.from(text, "latin1");
  return parser.feed(bytes, bytes.length);
}
