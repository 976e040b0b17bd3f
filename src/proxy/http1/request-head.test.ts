import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { parseRequestHead } from "./request-head.ts";

test("a head becomes its normal form: names in lower case, values trimmed, hop fields gone", () => {
  const parsed = parse(
    "POST /a/b?c=%20d HTTP/1.1\r\nHost: web.shop:8080\r\nContent-Type:text/plain\r\n" +
      "X-Empty:\r\nx-blank: \t \r\nX-Latin: \t caf\xe9, \ta \t\r\nContent-Length: 12\r\n" +
      "Connection: keep-alive\r\nKeep-Alive: timeout=5\r\nUpgrade: h2c\r\n" +
      "HTTP2-Settings: AAAA\r\n" +
      "Proxy-Connection: keep-alive\r\nProxy-Authorization: Basic eA==\r\n\r\n",
  );
  assert.deepEqual(parsed, {
    kind: "request",
    head: {
      method: "POST",
      scheme: "http",
      authority: "web.shop:8080",
      path: "/a/b?c=%20d",
      headers: [
        ["content-type", "text/plain"],
        ["x-empty", ""],
        ["x-blank", ""],
        ["x-latin", "caf\xe9, \ta"],
        ["proxy-authorization", "Basic eA=="],
      ].flat(),
      contentLength: 12,
    },
    minorVersion: 1,
    isChunked: false,
    keepsAlive: true,
    expectsContinue: false,
    acceptsTrailers: false,
  });
});

test("each form of a target yields its authority and path", () => {
  const cases = [
    ["GET /", "a", "http", "a", "/"],
    ["GET //b/c", "a", "http", "a", "//b/c"],
    ["OPTIONS *", "a", "http", "a", "*"],
    ["GET http://a", "a", "http", "a", "/"],
    ["GET http://a?b", "a", "http", "a", "/?b"],
    ["GET HTTP://A:80/x", "a", "http", "A:80", "/x"],
    ["OPTIONS http://a", "a", "http", "a", "*"],
    ["GET https://a/x", "a:443", "https", "a", "/x"],
    ["GET http://[fe80::1]:81/", "[FE80::1]:81", "http", "[fe80::1]:81", "/"],
    ["CONNECT a:443", "a:443", "http", "a:443", ""],
    ["CONNECT a:443", "a", "http", "a:443", ""],
    ["CONNECT [::1]:1", "[::1]:1", "http", "[::1]:1", ""],
  ] as const;
  for (const [line, host, scheme, authority, path] of cases) {
    const { head } = accepted(`${line} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    assert.deepEqual([head.scheme, head.authority, head.path], [scheme, authority, path], line);
  }
});

test("HTTP/1.0 may do without a Host, and keeps its connection only if asked", () => {
  const plain = accepted("GET / HTTP/1.0\r\n\r\n");
  assert.equal(plain.head.authority, "");
  assert.equal(plain.keepsAlive, false);
  assert.equal(accepted("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n").keepsAlive, true);
  assert.equal(
    accepted("GET / HTTP/1.1\r\nHost: a\r\nConnection: a, CLOSE\r\n\r\n").keepsAlive,
    false,
  );
  assert.equal(accepted("GET / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n").expectsContinue, false);
});

test("one empty line before a request is passed over, a second is refused", () => {
  accepted("\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
  refused("\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "malformed-request");
});

test("te survives only as trailers", () => {
  const head = (te: string) => accepted(get(`TE: ${te}\r\nConnection: TE\r\n`));
  assert.deepEqual(head("deflate;q=0.5, Trailers").head.headers, ["te", "trailers"]);
  assert.equal(head("trailers").acceptsTrailers, true);
  assert.deepEqual(head("gzip").head.headers, []);
  assert.deepEqual(head("xtrailers").head.headers, []);
});

test("Connection takes out what it names, but nothing that is meant for all recipients", () => {
  const { head } = accepted(
    get(
      "Connection: x-mine, Weft-Identity ,x-forwarded-for,,Cookie, content-type\r\n" +
        "X-Mine: 1\r\nweft-identity: 2\r\nx-forwarded-for: 3\r\ncookie: 4\r\ncontent-type: 5\r\n" +
        "x-other: 6\r\n",
    ),
  );
  assert.deepEqual(
    head.headers.filter((_, i) => i % 2 === 1),
    ["2", "3", "4", "5", "6"],
  );
});

test("names such as __proto__ and constructor are names like any other", () => {
  const { head } = accepted(get("__proto__: 1\r\nConstructor: 2\r\nConnection: __proto__\r\n"));
  assert.deepEqual(head.headers, ["constructor", "2"]);
});

test("framing that two parsers could read in two ways is refused", () => {
  const malformed = [
    "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "Content-Length: 5\r\nContent-Length: 5\r\n",
    "Content-Length: 5\r\nContent-Length: 6\r\n",
    ...["+5", "-5", "0x5", "05", "00", "", "5, 5", "5,5", "5 5", "5.0", "1e1", "5_0", "\xb2"].map(
      (length) => `Content-Length: ${length}\r\n`,
    ),
    "Content-Length: 9007199254740993\r\n",
    "Content-Length: 18446744073709551617\r\n",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
    "Transfer-Encoding:\r\n chunked\r\n",
    "Transfer-Encoding : chunked\r\n",
    "Expect: y 100-continue\r\n",
    "Expect: 100-continue\r\nExpect: 100-continue\r\n",
  ];
  for (const fields of malformed) refused(get(fields), "malformed-request");
  const codings = [
    ",chunked",
    "chunked,",
    "identity, chunked",
    "xchunked",
    "chunked;x=y",
    "chunked, chunked",
    "gzip, chunked",
    "identity",
    "\x0bchunked",
    '"chunked"',
  ];
  for (const coding of codings) {
    const code = coding.startsWith("\x0b") ? "malformed-request" : "coding-unsupported";
    refused(get(`Transfer-Encoding: ${coding}\r\n`), code);
  }
  assert.equal(accepted(get("Transfer-Encoding: ChunKed\r\n")).isChunked, true);
  refused("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", "malformed-request");
  refused(connect("Transfer-Encoding: chunked\r\n"), "malformed-request");
  refused(connect("Content-Length: 1\r\n"), "malformed-request");
});

test("fields that only look like fields are refused", () => {
  const fields = [
    "X-Folded: a\r\n b\r\n",
    "X-Folded: a\r\n\tb\r\n",
    "X : a\r\n",
    "X\t: a\r\n",
    " X: a\r\n",
    ": a\r\n",
    "X\r\n",
    "X\r\nY: a\r\n",
    "X: a\rb\r\n",
    "X: a\nY: b\r\n",
    "X: a\0b\r\n",
    "X: a\x7fb\r\n",
    "X: a\x01b\r\n",
    "X\0: a\r\n",
    "X\x80: a\r\n",
    "X(y): a\r\n",
    "X@y: a\r\n",
    "X[y: a\r\n",
    "X: a\r\n\rX: b\r\n",
    "Connection: @\r\n",
    `Connection: ${"a,".repeat(LIMITS.connectionOptionsMax + 1)}\r\n`,
  ];
  for (const field of fields) refused(get(field), "malformed-request");
});

test("a Host that is missing, double, different from the target or no host is refused", () => {
  const heads = [
    "GET / HTTP/1.1\r\n\r\n",
    "GET / HTTP/1.1\r\nHost:\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
    "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n",
    "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n",
    "GET http://a/ HTTP/1.1\r\nHost: a:443\r\n\r\n",
    "CONNECT a:443 HTTP/1.1\r\nHost: b:443\r\n\r\n",
    "CONNECT a:443 HTTP/1.1\r\nHost: a:80\r\n\r\n",
    ...["u@a", "a b", "a,b", "a/b", "a:", "a:0", "a:65536", "a:8o", "[::1", "[]", "[fe80::1%eth0]"]
      .concat(["a#b", "a?b", "::1", "a\\b", "<a>", "a:80:80"])
      .map((host) => `GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`),
  ];
  for (const head of heads) refused(head, "malformed-request");
});

test("a request line that is no request line is refused", () => {
  const lines = [
    "GET /",
    "GET  / HTTP/1.1",
    "GET /  HTTP/1.1",
    "GET\t/ HTTP/1.1",
    " GET / HTTP/1.1",
    "GET / HTTP/1.1 ",
    "GET /a b HTTP/1.1",
    "GET /#a HTTP/1.1",
    "GET /\x80 HTTP/1.1",
    "GET /\0 HTTP/1.1",
    "GET a HTTP/1.1",
    "GET * HTTP/1.1",
    "GET ?a HTTP/1.1",
    "GET http:/a HTTP/1.1",
    "GET http:///a HTTP/1.1",
    "GET http://u:p@a/ HTTP/1.1",
    "GET http://a\\@b/ HTTP/1.1",
    "GET ftp://a/ HTTP/1.1",
    "GET a:80 HTTP/1.1",
    "CONNECT a HTTP/1.1",
    "CONNECT [::1] HTTP/1.1",
    "CONNECT / HTTP/1.1",
    "CONNECT http://a:80/ HTTP/1.1",
    "G(T / HTTP/1.1",
    "GET / http/1.1",
    "GET / HTTP/1",
    "GET / HTTP/11",
    "GET / HTTP/1.10",
    "GET / HTTP/4294967297.1",
    "GET / ICY/1.1",
  ];
  for (const line of lines) refused(`${line}\r\nHost: a\r\n\r\n`, "malformed-request");
});

test("other versions are refused by their own code", () => {
  for (const version of ["HTTP/0.9", "HTTP/1.2", "HTTP/2.0", "HTTP/3.0", "HTTP/9.9"]) {
    refused(`GET / ${version}\r\nHost: a\r\n\r\n`, "version-unsupported");
  }
  refused("PRI * HTTP/2.0\r\n\r\n", "version-unsupported");
});

test("targets and counts of fields are bounded, to the byte", () => {
  const target = (length: number) => `GET /${"a".repeat(length - 1)} HTTP/1.1\r\nHost: a\r\n\r\n`;
  accepted(target(LIMITS.requestTargetBytesMax));
  refused(target(LIMITS.requestTargetBytesMax + 1), "head-too-large");
  const fields = (count: number) => get("a: b\r\n".repeat(count - 1));
  accepted(fields(LIMITS.headersMax));
  refused(fields(LIMITS.headersMax + 1), "head-too-large");
});

function get(fields: string): string {
  return `GET / HTTP/1.1\r\nHost: a\r\n${fields}\r\n`;
}

function connect(fields: string): string {
  return `CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n${fields}\r\n`;
}

function parse(text: string) {
  // Not at the start of what was read.
  const bytes = Buffer.from(`rest${text}body`, "latin1");
  return parseRequestHead(bytes, 4, bytes.length - 4, LIMITS);
}

function accepted(text: string) {
  const parsed = parse(text);
  assert.ok(parsed.kind === "request", JSON.stringify([text, parsed]));
  return parsed;
}

function refused(text: string, code: string): void {
  const parsed = parse(text);
  assert.ok(parsed.kind === "refused", `accepted ${JSON.stringify(text)}`);
  assert.equal(parsed.failure.code, code, JSON.stringify(text));
}
