// Who doesn't read holds up who writes, through both sidecars and whatever either end speaks, and
// then gets everything.

import assert from "node:assert/strict";
import { request as http1, type IncomingMessage } from "node:http";
import { connect } from "node:http2";
import type { Readable, Writable } from "node:stream";
import { after, before, type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { eventually } from "#local/testing/eventually.ts";
import { echoService, echoWorkload } from "./support/echo-documents.ts";
import { application, type RunningProxy, type SmallMesh, smallMesh } from "./support/small-mesh.ts";

const MiB = 1024 * 1024;
const BODY_BYTES = 256 * MiB;
// Of three connections the kernel's buffers, both ends of each, and what two proxies hold.
const STALLED_MOST = 128 * MiB;
const PIECE = Buffer.alloc(64 * 1024, "b");

let mesh: SmallMesh;
let caller: RunningProxy;
let app: Awaited<ReturnType<typeof application>>;
// How the application takes the request that comes next.
let take: (asked: IncomingMessage) => void;
let written = 0;

before(async () => {
  mesh = await smallMesh({
    "mesh.yaml":
      echoWorkload({ name: "caller", isServed: false }) +
      echoWorkload({ name: "echo" }).replace('"name": "http"', '"name": "http", "port": 9000') +
      echoService("echo"),
  });
  app = await application((asked, answer) => {
    if (asked.method === "POST") {
      take(asked);
      asked.once("end", () => answer.end());
    } else fill(answer);
  });
  await mesh.proxy("echo", { application: { declared: 9000, port: app.port } });
  caller = await mesh.proxy("caller");
});

after(async () => {
  await mesh.close();
  app.close();
});

for (const protocol of ["HTTP/1", "HTTP/2"] as const) {
  test(`a caller over ${protocol} that doesn't read holds up the application`, async (t) => {
    const { answer } = ask(t, protocol, "GET");
    const body = await answer;
    await assertStalls();
    assert.equal(await bytesOf(body), BODY_BYTES);
  });

  test(`an application that doesn't read holds up a caller over ${protocol}`, async (t) => {
    const taken = new Promise<IncomingMessage>((resolve) => {
      take = resolve;
    });
    const { body, answer } = ask(t, protocol, "POST");
    fill(body);
    const asked = await taken;
    await assertStalls();
    assert.equal(await bytesOf(asked), BODY_BYTES);
    await bytesOf(await answer);
  });
}

// Writes as fast as it is taken.
function fill(sink: Writable): void {
  written = 0;
  const more = (): void => {
    while (written < BODY_BYTES) {
      written += PIECE.length;
      if (!sink.write(PIECE)) return void sink.once("drain", more);
    }
    sink.end();
  };
  more();
}

async function assertStalls(): Promise<void> {
  let before = -1;
  await eventually(
    "nothing more is taken",
    async () => {
      before = written;
      await wait(300);
      return written === before;
    },
    20_000,
  );
  assert.ok(before > 0 && before < STALLED_MOST, `${before / MiB} MiB were written`);
}

async function bytesOf(body: Readable): Promise<number> {
  let bytes = 0;
  for await (const chunk of body) bytes += chunk.length;
  return bytes;
}

type Asked = { readonly body: Writable; readonly answer: Promise<Readable> };

// The answer when its head has come; nobody reads it yet.
function ask(t: TestContext, protocol: "HTTP/1" | "HTTP/2", method: "GET" | "POST"): Asked {
  const url = new URL(`${caller.url("echo:80")}/`);
  if (protocol === "HTTP/1") {
    const request = http1(url, { method, agent: false });
    const answer = new Promise<Readable>((resolve, reject) => {
      request.once("response", resolve).once("error", reject);
    });
    if (method === "GET") request.end();
    else request.flushHeaders();
    return { body: request, answer };
  }
  const session = connect(url.origin);
  t.after(() => session.destroy());
  const stream = session.request(
    { ":path": url.pathname, ":method": method },
    { endStream: method === "GET" },
  );
  const answer = new Promise<Readable>((resolve, reject) => {
    stream.once("response", () => resolve(stream)).once("error", reject);
  });
  return { body: stream, answer };
}
