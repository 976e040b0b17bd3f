import assert from "node:assert/strict";
import { test } from "node:test";
import { headerField, isFieldValue } from "./header-field.ts";
import { requestHeadOf } from "./request-head.ts";
import { responseHeadOf } from "./response-head.ts";
import { trailersOf } from "./trailers.ts";

const BASE = ":method GET|:scheme https|:authority shop|:path /a?b=c";

const MALFORMED_REQUESTS = [
  ":scheme https|:authority shop|:path /",
  ":method GET|:authority shop|:path /",
  ":method GET|:scheme https|:authority shop",
  ":method GET|:scheme https|:authority shop|:path ",
  ":method GET|:scheme ftp|:authority shop|:path /",
  ":method GET|:scheme https|:authority shop|:path a",
  ":method GET|:scheme https|:authority shop|:path *",
  ":method GET|:scheme https|:authority shop|:path /a b",
  ":method GET|:scheme https|:authority shop|:path /a#b",
  ":method G T|:scheme https|:authority shop|:path /",
  ":method GET|:scheme https|:authority me@shop|:path /",
  ":method GET|:scheme https|:authority sh/op|:path /",
  ":method |:scheme https|:authority shop|:path /",
  ":method GET|:scheme |:authority shop|:path /",
  ...["a#b", "a?b", "a\\b", "a,b", "a\x7f", "a b"].map(
    (authority) => `:method GET|:scheme https|:authority ${authority}|:path /`,
  ),
  `${BASE}|:method GET`,
  `${BASE}|:scheme https`,
  `${BASE}|:path /a`,
  `${BASE}|:authority shop`,
  `${BASE}|:status 200`,
  `${BASE}|:unknown 1`,
  `:method GET|accept */*|:scheme https|:authority shop|:path /`,
  `${BASE}|host other`,
  `${BASE}|host shop|host shop`,
  `${BASE}|Accept */*`,
  `${BASE}|a(b c`,
  `${BASE}| value`,
  `${BASE}|a b\r\nc`,
  `${BASE}|a b\nc`,
  `${BASE}|a b\0c`,
  `${BASE}|a  leading`,
  `${BASE}|a trailing `,
  `${BASE}|connection close`,
  `${BASE}|keep-alive 5`,
  `${BASE}|proxy-connection close`,
  `${BASE}|transfer-encoding chunked`,
  `${BASE}|upgrade websocket`,
  `${BASE}|te gzip`,
  `${BASE}|content-length +5`,
  `${BASE}|content-length 5, 5`,
  `${BASE}|content-length 5|content-length 5`,
  `${BASE}|content-length `,
  ":method CONNECT|:scheme https|:authority shop:80",
  ":method CONNECT|:authority shop:80|:path /",
  ":method CONNECT",
];

for (const fields of MALFORMED_REQUESTS) {
  test(`the request ${JSON.stringify(fields)} is malformed`, () => {
    assert.equal(typeof requestHeadOf(fieldsOf(fields), false), "string");
  });
}

test("a request's head is put into normal form", () => {
  const more = "host shop|cookie a=1|te trailers|content-length 12|x-a 1|cookie b=2";
  assert.deepEqual(requestHeadOf(fieldsOf(`${BASE}|${more}`), false), {
    method: "GET",
    scheme: "https",
    authority: "shop",
    path: "/a?b=c",
    headers: ["te", "trailers", "x-a", "1", "cookie", "a=1; b=2"],
    contentLength: 12,
  });
});

test("a request's length is 0 when its head ends it, unknown without content-length", () => {
  const lengthOf = (fields: string, endsStream: boolean) => {
    const head = requestHeadOf(fieldsOf(fields), endsStream);
    return typeof head === "string" ? head : head.contentLength;
  };
  assert.equal(lengthOf(BASE, true), 0);
  assert.equal(lengthOf(BASE, false), -1);
  assert.equal(typeof lengthOf(`${BASE}|content-length 3`, true), "string");
});

test("host may take :authority's place, OPTIONS may ask for *, CONNECT has no path", () => {
  const host = requestHeadOf(fieldsOf(":method GET|:scheme http|:path /|host shop"), true);
  assert.ok(typeof host !== "string" && host.authority === "shop");
  const all = requestHeadOf(fieldsOf(":method OPTIONS|:scheme http|:path *|host shop"), true);
  assert.ok(typeof all !== "string" && all.path === "*");
  const tunnel = requestHeadOf(fieldsOf(":method CONNECT|:authority shop:443"), false);
  assert.ok(typeof tunnel !== "string" && tunnel.path === "" && tunnel.authority === "shop:443");
});

const MALFORMED_RESPONSES = [
  "a b",
  ":status 200|:status 200",
  "a b|:status 200",
  "te trailers|:status 200",
  ":status 20",
  ":status 2000",
  ":status 0x1",
  ":status 099",
  ":status 101",
  ...["method GET", "scheme http", "authority a", "path /", "protocol websocket", "own a"].map(
    (pseudo) => `:status 200|:${pseudo}`,
  ),
  ":status 200|Upper case",
  ":status 200|connection close",
  ":status 200|content-length -1",
  ":status 200|content-length 1|content-length 1",
];

for (const fields of MALFORMED_RESPONSES) {
  test(`the response ${JSON.stringify(fields)} is malformed`, () => {
    assert.equal(typeof responseHeadOf(fieldsOf(fields), false, false), "string");
  });
}

test("an answer's length is its body's, or what the header says where none follows", () => {
  const lengthOf = (fields: string, endsStream: boolean, isHead: boolean) => {
    const head = responseHeadOf(fieldsOf(fields), endsStream, isHead);
    return typeof head === "string" ? head : head.contentLength;
  };
  assert.equal(lengthOf(":status 200|content-length 5", false, false), 5);
  assert.equal(lengthOf(":status 200", false, false), -1);
  assert.equal(lengthOf(":status 200", true, false), 0);
  assert.equal(lengthOf(":status 200|content-length 5", true, true), 5);
  assert.equal(lengthOf(":status 304|content-length 5", true, false), 5);
  assert.equal(lengthOf(":status 204|content-length 5", true, false), 0);
  assert.equal(typeof lengthOf(":status 200|content-length 5", true, false), "string");
  assert.equal(typeof lengthOf(":status 100", true, false), "string");
});

test("an answer's host and te mean nothing, and aren't passed on", () => {
  const head = responseHeadOf(fieldsOf(":status 200|host a|te trailers|x-a 1"), true, false);
  assert.ok(typeof head !== "string");
  assert.deepEqual(head.headers, ["x-a", "1"]);
});

test("trailers are plain fields: no pseudo-header, no framing, no routing, no identity", () => {
  assert.deepEqual(trailersOf(fieldsOf("grpc-status 0|x-a 1")), ["grpc-status", "0", "x-a", "1"]);
  for (const field of [
    ":path /",
    "content-length 1",
    "host a",
    "te trailers",
    "upgrade x",
    "A b",
    "cookie a",
    "authorization a",
    "x-forwarded-client-cert a",
    "weft-port 1",
  ]) {
    assert.equal(typeof trailersOf(fieldsOf(field)), "string", field);
  }
});

function fieldsOf(text: string) {
  return text.split("|").map((field) => {
    const space = field.indexOf(" ");
    const value = Buffer.from(field.slice(space + 1), "latin1");
    const isValid = isFieldValue(value, 0, value.length);
    return headerField(field.slice(0, space), `${value}`, isValid);
  });
}
