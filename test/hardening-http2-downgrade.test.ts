// Requests over HTTP/2 that would be others, or more than one, if a proxy wrote them out as
// HTTP/1: cases 28 to 30 of the hardening reference, on the mesh port of a sidecar. The peer has a
// certificate of the mesh: even whom we know we don't believe.

import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { ERROR, FLAG, FRAME } from "#proxy/http2/frame-types.ts";
import { frame } from "#proxy/http2/raw-peer.ts";
import { type HardeningMesh, hardeningMesh } from "./support/hardening-mesh.ts";
import { get, headers, RawHttp2 } from "./support/raw-http2.ts";

const SMUGGLED = "GET /smuggled HTTP/1.1\r\nhost: x\r\n\r\n";
// The answer to a head that is malformed is a 400 and this; to a body, this alone.
const MALFORMED = `reset ${ERROR.protocol}`;

let mesh!: HardeningMesh;
const cleanups: (() => Promise<void>)[] = [];
before(async () => {
  mesh = await hardeningMesh((run) => cleanups.push(run));
});
after(async () => {
  for (const run of cleanups) await run();
});

type Case = { readonly name: string; readonly heads: readonly (readonly string[])[] };

const base = get("/attack");

const CASES: readonly Case[] = [
  {
    name: "a CR, LF or NUL in a value",
    heads: ["\r\n", "\n", "\r", "\0"].flatMap((char) => [
      get("/attack", "x-a", `a${char}x-b: c`),
      get("/attack", "cookie", `a=b${char}c`),
      get("/attack", "x-a", `a${char}${char}${SMUGGLED}`),
    ]),
  },
  {
    name: "a CR, LF, NUL, blank, colon or upper case in a name",
    heads: ["\r\n", "\n", "\0", " ", ":", "\t", "A", "(", "\x80"].map((char) =>
      get("/attack", `x${char}y`, "a"),
    ),
  },
  {
    name: "an empty name, or a value with blanks around it",
    heads: [get("/attack", "", "a"), get("/attack", "x", " a"), get("/attack", "x", "a\t")],
  },
  {
    name: "a header of an HTTP/1 connection",
    heads: ["transfer-encoding", "connection", "keep-alive", "proxy-connection", "upgrade"].map(
      (name) => get("/attack", name, name === "transfer-encoding" ? "chunked" : "close"),
    ),
  },
  { name: "a te that isn't trailers", heads: [get("/attack", "te", "chunked")] },
  {
    name: "a host that isn't :authority, or several",
    heads: [
      get("/attack", "host", "other:80"),
      get("/attack", "host", "echo:80", "host", "echo:80"),
    ],
  },
  {
    name: "a :path with a blank, a line end, a fragment, or without its slash",
    heads: ["/a b", "/a HTTP/1.1\r\nx: y", "/a\r\n", "/a\0", "/a#b", "a", "", "*", "/\x80"]
      .concat(["http://echo/", `/ HTTP/1.1\r\nhost: x\r\n\r\n${SMUGGLED}`])
      .map((path) => get(path)),
  },
  {
    name: "a :method that is no token",
    heads: ["GET /smuggled HTTP/1.1\r\n", "GET ", "G T", "", "GET\r", ":get"].map((method) =>
      replace(":method", method),
    ),
  },
  {
    name: "an :authority with a line end, a user part or a path",
    heads: ["echo\r\nx: y", "u@echo:80", "echo/x", "echo:80,x", "echo 80", "echo#", "echo\\x"].map(
      (authority) => replace(":authority", authority),
    ),
  },
  {
    name: "a :scheme that is neither http nor https",
    heads: ["", "ftp", "http://x/", "http\r\n"].map((scheme) => replace(":scheme", scheme)),
  },
  {
    name: "a pseudo-header that is double, late, unknown, or an answer's",
    heads: [
      [":method", "POST", ...base],
      [":path", "/other", ...base],
      [":authority", "other", ...base],
      [":scheme", "https", ...base],
      [...base, ":path", "/other"],
      [":status", "200", ...base],
      [":other", "x", ...base],
      [":protocol", "websocket", ...base],
      base.slice(2),
      base.filter((_, i) => i !== 6 && i !== 7),
    ],
  },
  {
    name: "a content-length that is no number, double, or promises a body that isn't there",
    heads: ["+5", "5, 5", "0x5", "05", "-1", "5", "99999999999999999999"]
      .map((length) => get("/attack", "content-length", length))
      .concat([get("/attack", "content-length", "0", "content-length", "0")]),
  },
  {
    name: "a CONNECT with more than an authority, or with less",
    heads: [
      replace(":method", "CONNECT"),
      [":method", "CONNECT", "weft-port", "9000"],
      [":method", "CONNECT", ":authority", "", "weft-port", "9000"],
      [":method", "CONNECT", ":authority", "echo:80", "content-length", "5", "weft-port", "9000"],
    ],
  },
];

for (const { name, heads } of CASES) {
  test(`${name} never reaches the application`, async (t) => {
    const peer = await dial(t);
    for (const [i, fields] of heads.entries()) {
      const id = 2 * i + 1;
      peer.send(headers(id, fields));
      const what = JSON.stringify(fields);
      assert.ok(await peer.until(() => peer.answersTo(id).includes(MALFORMED)), what);
      assert.deepEqual(peer.answersTo(id), ["400", MALFORMED], what);
    }
    // The connection is as good as before.
    const id = 2 * heads.length + 1;
    peer.send(headers(id, get("/good")));
    assert.ok(await peer.until(() => peer.answersTo(id).length > 0));
    peer.destroy();
    assert.deepEqual(
      mesh.takeSeen().map(({ path }) => path),
      ["/good"],
    );
    await mesh.assertAtRest();
  });
}

test("a body that is longer or shorter than its content-length is never whole", async (t) => {
  for (const body of ["hell", "hello!", SMUGGLED]) {
    const peer = await dial(t);
    const post = [":method", "POST", ...base.slice(2), "content-length", "5"];
    peer.send(headers(1, post, false));
    peer.send(frame(FRAME.data, FLAG.endStream, 1, Buffer.from(body)));
    assert.ok(await peer.until(() => peer.answersTo(1).includes(MALFORMED)), body);
    assert.deepEqual(peer.answersTo(1), [MALFORMED]);
    peer.destroy();
    await mesh.assertAtRest();
  }
});

test("trailers that state framing or identity never complete a request", async (t) => {
  const forbidden = ["content-length", "transfer-encoding", "connection", "host", ":path"];
  for (const name of forbidden) {
    const peer = await dial(t);
    peer.send(headers(1, [":method", "POST", ...base.slice(2)], false));
    peer.send(frame(FRAME.data, 0, 1, Buffer.from("hello")), headers(1, [name, "1"]));
    assert.ok(await peer.until(() => peer.answersTo(1).includes(MALFORMED)), name);
    assert.deepEqual(peer.answersTo(1), [MALFORMED], name);
    peer.destroy();
    await mesh.assertAtRest();
  }
});

test("a port that is missing, undeclared or no number is not found", async (t) => {
  const peer = await dial(t);
  const ports = [[], ["weft-port", "22"], ["weft-port", "9000\t"], ["weft-port", "09000"]];
  const heads = ports.map((port) => [...base.slice(0, -2), ...port]);
  for (const [i, fields] of heads.entries()) peer.send(headers(2 * i + 1, fields));
  assert.ok(await peer.until(() => peer.answersTo(7).length > 0));
  assert.deepEqual(
    heads.map((_, i) => peer.answersTo(2 * i + 1)),
    [["404"], ["404"], ["400", MALFORMED], ["404"]],
  );
  peer.destroy();
  assert.deepEqual(mesh.takeSeen(), []);
  await mesh.assertAtRest();
});

async function dial(t: TestContext): Promise<RawHttp2> {
  const peer = await RawHttp2.dial(mesh.caller, mesh.callee);
  t.after(() => peer.destroy());
  return peer;
}

function replace(name: string, value: string): string[] {
  const fields = [...base];
  fields[fields.indexOf(name) + 1] = value;
  return fields;
}
