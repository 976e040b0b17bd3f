import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { parseResponseHead } from "./response-head.ts";

test("a head becomes its normal form", () => {
  const parsed = parse(
    "HTTP/1.1 200 All is  w\xe9ll\r\nContent-Type: text/html\r\nSet-Cookie: a\r\n" +
      "set-cookie: b\r\nContent-Length: 3\r\nKeep-Alive: x\r\nConnection: x-mine\r\n" +
      "X-Mine: 1\r\nUpgrade: h2c\r\n\r\n",
    "GET",
  );
  assert.deepEqual(parsed, {
    kind: "response",
    head: {
      status: 200,
      headers: ["content-type", "text/html", "set-cookie", "a", "set-cookie", "b"],
      contentLength: 3,
    },
    framing: "length",
    keepsAlive: true,
    opensTunnel: false,
  });
});

test("the body ends as RFC 9112 §6.3 says", () => {
  const cases = [
    ["GET", "200", "Content-Length: 3", "length", 3, true],
    ["GET", "200", "Content-Length: 0", "none", 0, true],
    ["GET", "200", "Transfer-Encoding: chunked", "chunked", -1, true],
    ["GET", "200", "X: a", "close", -1, false],
    ["HEAD", "200", "Content-Length: 3", "none", 3, true],
    ["HEAD", "200", "Transfer-Encoding: chunked", "none", -1, true],
    ["GET", "304", "Content-Length: 3", "none", 3, true],
    ["GET", "204", "X: a", "none", 0, true],
    ["GET", "204", "Content-Length: 3", "none", 0, false],
    ["GET", "204", "Transfer-Encoding: chunked", "none", 0, false],
    ["GET", "103", "Link: a", "none", 0, true],
    ["GET", "200", "Content-Length: 3\r\nConnection: close", "length", 3, false],
  ] as const;
  for (const [method, status, field, framing, contentLength, keepsAlive] of cases) {
    const parsed = parse(`HTTP/1.1 ${status} x\r\n${field}\r\n\r\n`, method);
    assert.ok(parsed.kind === "response");
    assert.deepEqual(
      [parsed.framing, parsed.head.contentLength, parsed.keepsAlive],
      [framing, contentLength, keepsAlive],
      `${method} ${status} ${field}`,
    );
  }
});

test("HTTP/1.0 keeps its connection only if it says so", () => {
  const parse10 = (fields: string) =>
    parse(`HTTP/1.0 200 OK\r\nContent-Length: 1\r\n${fields}\r\n`, "GET");
  assert.equal((parse10("") as { keepsAlive: boolean }).keepsAlive, false);
  assert.equal((parse10("Connection: keep-alive\r\n") as { keepsAlive: boolean }).keepsAlive, true);
});

test("a reason may be missing, with its blank or without", () => {
  for (const line of ["HTTP/1.1 200 ", "HTTP/1.1 200"]) {
    assert.equal(parse(`${line}\r\n\r\n`, "GET").kind, "response");
  }
});

test("what is no answer, or could be read in two ways, is refused", () => {
  const heads = [
    "HTTP/1.1 20 OK\r\n\r\n",
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1 099 OK\r\n\r\n",
    "HTTP/1.1 2x0 OK\r\n\r\n",
    "HTTP/1.1  200 OK\r\n\r\n",
    "HTTP/1.1200 OK\r\n\r\n",
    "HTTP/1.2 200 OK\r\n\r\n",
    "HTTP/2 200 OK\r\n\r\n",
    "HTTP/2.0 200 OK\r\n\r\n",
    "ICY 200 OK\r\n\r\n",
    "\r\nHTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 200 O\0K\r\n\r\n",
    "HTTP/1.1 200 O\rK\r\n\r\n",
    "HTTP/1.1 200 O\nX: a\r\n\r\n",
    ...[
      "X : a",
      "X: a\r\n b",
      ": a",
      "Content-Length: 5\r\nContent-Length: 5",
      "Content-Length: 5, 5",
      "Content-Length: +5",
      "Content-Length: 5\r\nTransfer-Encoding: chunked",
      "Transfer-Encoding: gzip, chunked",
      "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    ].map((field) => `HTTP/1.1 200 OK\r\n${field}\r\n\r\n`),
    "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
  ];
  for (const head of heads) {
    assert.equal(parse(head, "GET").kind, "refused", JSON.stringify(head));
  }
});

function parse(text: string, method: string) {
  // Not at the start of what was read.
  const bytes = Buffer.from(`rest${text}body`, "latin1");
  return parseResponseHead(bytes, 4, bytes.length - 4, { method }, LIMITS);
}
