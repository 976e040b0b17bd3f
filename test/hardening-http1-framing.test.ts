// Where a message ends, when whoever sends it would like two readers to disagree: cases 1 to 6, 12
// and 13 of the hardening reference, through both sidecars to a real application.

import { PREFIX } from "./support/hardening-mesh.ts";
import { http1Attacks } from "./support/http1-attacks.ts";

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";

http1Attacks([
  {
    name: "Content-Length beside Transfer-Encoding is refused, in either order",
    texts: [
      post("content-length: 5\r\ntransfer-encoding: chunked", `0\r\n\r\n${SMUGGLED}`),
      post("transfer-encoding: chunked\r\ncontent-length: 5", `0\r\n\r\n${SMUGGLED}`),
    ],
    statuses: [400],
  },
  {
    name: "two Content-Length fields are refused, equal or different",
    texts: [
      post("content-length: 5\r\ncontent-length: 5", "hello"),
      post("content-length: 5\r\nContent-Length: 40", `hello${SMUGGLED}`),
    ],
    statuses: [400],
  },
  {
    name: "a Content-Length that is no plain number is refused",
    texts: ["+5", "-5", "0x5", "05", "", "5, 5", "5,5", "5 5", "5.0", "1e1", "5_0"]
      .concat(["9007199254740993", "18446744073709551621", "99999999999999999999999"])
      .map((length) => post(`content-length: ${length}`, "hello")),
    statuses: [400],
  },
  {
    name: "a Transfer-Encoding other than chunked is refused",
    texts: [",chunked", "chunked,", "identity, chunked", "xchunked", "chunked;x=y", "gzip"]
      .concat(["identity", "chunked, chunked", "chunked, identity", '"chunked"'])
      .map((coding) => post(`transfer-encoding: ${coding}`, `0\r\n\r\n${SMUGGLED}`)),
    statuses: [501],
  },
  {
    name: "a Transfer-Encoding that is disguised or doubled is refused",
    texts: [
      "transfer-encoding: chunked\r\ntransfer-encoding: chunked",
      "transfer-encoding: chunked\r\ntransfer-encoding: identity",
      "transfer-encoding: \x0bchunked",
      "transfer-encoding:\r\n chunked",
      "transfer-encoding : chunked",
      "transfer-encoding\t: chunked",
      " transfer-encoding: chunked",
      "x: y\rtransfer-encoding: chunked",
      "x: y\ntransfer-encoding: chunked",
    ].map((field) => post(field, `0\r\n\r\n${SMUGGLED}`)),
    statuses: [400],
  },
  {
    name: "Transfer-Encoding in HTTP/1.0 and on CONNECT is refused",
    texts: [
      `POST ${PREFIX}/ HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
      "CONNECT echo:80 HTTP/1.1\r\nhost: echo:80\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
      "CONNECT echo:80 HTTP/1.1\r\nhost: echo:80\r\ncontent-length: 5\r\n\r\nhello",
    ],
    statuses: [400],
  },
  {
    name: "a chunk size that is no short hexadecimal number never completes a request",
    texts: ["0x5", "5_0", "+5", "-5", " 5", "\t5", "", "g", "5 5", "00000000000000005"]
      .concat(["10000000000000005", "20000000000005", "FFFFFFFFFFFFFFFF", "fffffffffffffffff"])
      .map((size) => chunked(`${size}\r\nhello\r\n0\r\n\r\n`)),
    statuses: [400],
  },
  {
    name: "a chunk line that ends otherwise than in CRLF never completes a request",
    texts: ["5\nhello\r\n0\r\n\r\n", "5\rXhello\r\n0\r\n\r\n", "5 \rhello\r\n0\r\n\r\n"]
      .concat([
        "5;a\nhello\r\n0\r\n\r\n",
        "5;a\rb\r\nhello\r\n0\r\n\r\n",
        "5;a\0\r\nhello\r\n0\r\n",
      ])
      .map(chunked),
    statuses: [400],
  },
  {
    name: "a chunk extension of 64 KiB never completes a request",
    texts: [chunked(`5;${"a".repeat(65_536)}\r\nhello\r\n0\r\n\r\n`)],
    statuses: [400],
  },
  {
    name: "a chunk that ends elsewhere than its size says never completes a request",
    texts: ["5\r\nhello0\r\n\r\n", "5\r\nhello\r\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n"]
      .concat([
        "5\r\nhello!\r\n0\r\n\r\n",
        "5\r\nhello\r\nXX0\r\n\r\n",
        "5\r\nhello\r\n\r\n0\r\n\r\n",
      ])
      .concat(["5\r\nhelloXX0\r\n\r\n", "3\r\nhello\r\n0\r\n\r\n"])
      .map(chunked),
    statuses: [400],
  },
  {
    name: "a last chunk that doesn't end in an empty line never completes a request",
    texts: [`0\r\n\rX`, `0\r\n\n${SMUGGLED}`, `0\n\n${SMUGGLED}`, "0\r\nX\r\n\r\n"].map(chunked),
    statuses: [400],
  },
  {
    name: "a trailer that only a head may contain never completes a request",
    texts: ["content-length: 5", "transfer-encoding: chunked", "host: x", "authorization: x"]
      .concat(["cookie: a", "x-forwarded-client-cert: x", "connection: close", "te: trailers"])
      .map((field) => chunked(`5\r\nhello\r\n0\r\n${field}\r\n\r\n`)),
    statuses: [400],
  },
  {
    name: "trailers without end never complete a request",
    texts: [chunked(`0\r\nx-a: ${"a".repeat(9_000)}\r\n\r\n`)],
    statuses: [400],
  },
  {
    name: "one-byte chunks are one body",
    texts: [chunked(`${"1\r\nx\r\n".repeat(20_000)}0\r\n\r\n`)],
    statuses: [200],
    whole: ["/attack"],
  },
  {
    name: "what follows a whole request is the next request, whatever body a GET has",
    texts: [
      `GET ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello` +
        `GET ${PREFIX}/next HTTP/1.1\r\nhost: x\r\n\r\n`,
      `${chunked("5\r\nhello\r\n0\r\n\r\n")}GET ${PREFIX}/next HTTP/1.1\r\nhost: x\r\n\r\n`,
    ],
    statuses: [200, 200],
    whole: ["/attack", "/next"],
  },
  {
    name: "a malformed request behind a good one is answered after it, and ends the connection",
    texts: [
      `GET ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\n\r\nBAD\r\n\r\n${SMUGGLED}`,
      `GET ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\n\r\n${post("content-length: x", SMUGGLED)}`,
    ],
    statuses: [200, 400],
    whole: ["/attack"],
  },
  {
    name: "an expectation that only some understand is refused",
    texts: ["y 100-continue", "100-continue, y", "200-ok", ""].map((expect) =>
      post(`content-length: 34\r\nexpect: ${expect}`, SMUGGLED),
    ),
    statuses: [400],
  },
  {
    name: "a body behind Expect is a body, and never a request",
    texts: [post(`content-length: ${SMUGGLED.length}\r\nexpect: 100-continue`, SMUGGLED)],
    statuses: [200],
    whole: ["/attack"],
  },
]);

function post(fields: string, body: string): string {
  return `POST ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\n${fields}\r\n\r\n${body}`;
}

function chunked(body: string): string {
  return post("transfer-encoding: chunked", body);
}
