// Heads that are no heads, or that two readers could read in two ways: cases 8 to 11, 15 and 52 of
// the hardening reference, through both sidecars to a real application.

import assert from "node:assert/strict";
import { LIMITS } from "#base/limits.ts";
import { PREFIX } from "./support/hardening-mesh.ts";
import { http1Attacks } from "./support/http1-attacks.ts";

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";

http1Attacks([
  {
    name: "a folded field is refused",
    texts: ["x: a\r\n b", "x: a\r\n\tb", "x: a\r\n \r\n", "\tx: a"].map(get),
    statuses: [400],
  },
  {
    name: "a blank around a field's name is refused",
    texts: ["x : a", "x\t: a", " x: a", "content-length : 5", "host : y"].map(get),
    statuses: [400],
  },
  {
    name: "a field with an empty name, or with none, is refused",
    texts: [": a", ":", "x", "x\r\ny: a"].map(get),
    statuses: [400],
  },
  {
    name: "a character that no field name may contain is refused",
    texts: ["\0", "\x80", "\xff", "(", "@", "[", "/", '"', "\x7f", "\r"].map((char) =>
      get(`x${char}y: a`),
    ),
    statuses: [400],
  },
  {
    name: "a control character in a field value is refused",
    texts: ["\0", "\x01", "\x0b", "\x1b", "\x7f", "\r", "\n", "\r\r", "\n\r"].map((char) =>
      get(`x: a${char}b: c`),
    ),
    statuses: [400],
  },
  {
    name: "a value with bytes above ASCII goes on as it is",
    texts: [get("x-high: a\x80\xffb")],
    statuses: [200],
    whole: ["/attack"],
    check: ([seen]) => assert.equal(seen?.headers["x-high"], "a\x80\xffb"),
  },
  {
    name: "a head that ends otherwise than in two CRLF is no head",
    texts: ["\r\n\rX", "\r\r", "\n\n", "\n\r\n", "\r\n\n"].map(
      (end) => `GET ${PREFIX}/attack HTTP/1.1\r\nhost: x${end}${SMUGGLED}`,
    ),
    statuses: [400],
  },
  {
    name: "a Host that is missing, double, or no host is refused",
    texts: ["", "host:", "host: a\r\nhost: a", "host: a\r\nHost: b"]
      .concat(
        ["u@a", "a b", "a,b", "a/b", "a:", "a:0", "a:65536", "a:8o", "[::1", "a#b", "a?b"]
          .concat(["a\\b", "<a>", "a:80:80", "[fe80::1%eth0]", "a\xffb"])
          .map((host) => `host: ${host}`),
      )
      .map((fields) => `GET ${PREFIX}/attack HTTP/1.1\r\n${fields}\r\n\r\n`),
    statuses: [400],
  },
  {
    name: "a Host that differs from the target's authority is refused",
    texts: ["GET http://echo:80/attack", "OPTIONS http://echo:80"].map(
      (line) => `${line} HTTP/1.1\r\nhost: other:80\r\n\r\n`,
    ),
    statuses: [400],
  },
  {
    name: "a target that is none, or has a fragment, a blank or a user part, is refused",
    texts: [`${PREFIX}/a#b`, `${PREFIX}/a b`, `${PREFIX}/\0`, `${PREFIX}/\x80`, "*", "a", "?a"]
      .concat(["http://u:p@echo:80/", "http://echo:80\\@x/", "ftp://echo/", "http:/echo", ""])
      .map((target) => `GET ${target} HTTP/1.1\r\nhost: echo:80\r\n\r\n`),
    statuses: [400],
  },
  {
    name: "a request line that is no request line is refused",
    texts: ["GET", `GET ${PREFIX}/`, `GET  ${PREFIX}/ HTTP/1.1`, `GET ${PREFIX}/  HTTP/1.1`]
      .concat([`GET ${PREFIX}/ HTTP/1.1 `, `GET\t${PREFIX}/ HTTP/1.1`, ` GET ${PREFIX}/ HTTP/1.1`])
      .concat([`G(T ${PREFIX}/ HTTP/1.1`, `GET ${PREFIX}/ HTTP/1`])
      .concat([`GET ${PREFIX}/ HTTP/1.10`, `GET ${PREFIX}/ HTTP/11`])
      .concat([`GET ${PREFIX}/ HTTP/4294967297.1`, `GET ${PREFIX}/ HTTP/1.4294967297`])
      .map((line) => `${line}\r\nhost: x\r\n\r\n`),
    statuses: [400],
  },
  {
    name: "a request line of another protocol is closed without an answer",
    texts: ["http/1.1", "ICY/1.1", "RTSP/1.0"].map(
      (version) => `GET ${PREFIX}/attack ${version}\r\nhost: x\r\n\r\n`,
    ),
    statuses: [],
  },
  {
    name: "a version that is neither HTTP/1.0 nor HTTP/1.1 is refused",
    texts: ["HTTP/0.9", "HTTP/1.2", "HTTP/1.9", "HTTP/2.0", "HTTP/3.0"].map(
      (version) => `GET ${PREFIX}/attack ${version}\r\nhost: x\r\n\r\n`,
    ),
    statuses: [505],
  },
  {
    name: "too long a head, too long a target and too many fields are refused",
    texts: [
      get(`x: ${"a".repeat(LIMITS.headBytesMax)}`),
      `GET ${PREFIX}/${"a".repeat(LIMITS.requestTargetBytesMax)} HTTP/1.1\r\nhost: x\r\n\r\n`,
      get("x: a\r\n".repeat(LIMITS.headersMax).trim()),
    ],
    statuses: [431],
  },
  {
    name: "many hops, junk and zones in X-Forwarded-For break nothing, and its last hop is who asked",
    texts: ["fe80::1%eth0", "a, b, ,, c", "%00", '"<script>"', "1.1.1.1, ".repeat(500)].map(
      (hops) => get(`x-forwarded-for: ${hops}`),
    ),
    statuses: [200],
    whole: ["/attack"],
    check: ([seen]) => assert.match(String(seen?.headers["x-forwarded-for"]), /, 127\.0\.0\.1$/),
  },
  {
    name: "headers named like members of an object are headers like any other",
    texts: [get("__proto__: 1\r\nconstructor: 2\r\ntoString: 3\r\n__defineGetter__: 4\r\n0: 5")],
    statuses: [200],
    whole: ["/attack"],
    check([seen]) {
      const names = ["__proto__", "constructor", "tostring", "__definegetter__", "0"];
      const found = seen?.rawHeaders.filter((name, i) => i % 2 === 0 && names.includes(name));
      assert.deepEqual(found, names);
    },
  },
  {
    name: "a header with an underscore stays another than the one with a dash",
    texts: [get("x_real_user: admin\r\nx-real-user: me\r\nx_forwarded_client_cert: x")],
    statuses: [200],
    whole: ["/attack"],
    check([seen]) {
      assert.equal(seen?.headers["x_real_user"], "admin");
      assert.equal(seen?.headers["x-real-user"], "me");
      assert.match(String(seen?.headers["x-forwarded-client-cert"]), /^By=.*\/sa\/caller$/);
    },
  },
  {
    name: "several values of one header stay several, in their order",
    texts: [get("x-role: user\r\nx-role: admin\r\nx-role: a, b")],
    statuses: [200],
    whole: ["/attack"],
    check([seen]) {
      const raw = seen?.rawHeaders ?? [];
      const values = raw.filter((_, i) => raw[i - 1] === "x-role");
      assert.deepEqual(values, ["user", "admin", "a, b"]);
    },
  },
]);

function get(fields: string): string {
  return `GET ${PREFIX}/attack HTTP/1.1\r\nhost: x\r\n${fields}\r\n\r\n`;
}
