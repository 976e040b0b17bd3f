// gRPC by hand: its messages are bytes here, its protocol is what is looked at.

import assert from "node:assert/strict";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Stream,
} from "node:http2";
import { test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { connectThrough } from "./support/connect-through.ts";
import { listenOn } from "./support/listen-on.ts";
import { SECRET, smallMesh } from "./support/small-mesh.ts";

const DOCUMENTS = {
  "mesh.yaml": `
apiVersion: v1
kind: Service
metadata: { name: quotes, namespace: shop }
spec:
  selector: { app: quotes }
  ports: [{ name: grpc, port: 80, targetPort: 9000 }]
---
apiVersion: v1
kind: Service
metadata: { name: nobody, namespace: shop }
spec:
  selector: { app: nobody }
  ports: [{ name: grpc, port: 80, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: quotes, namespace: shop, labels: { app: quotes } }
spec:
  command: ["true"]
  serviceAccount: quotes
  ports: [{ name: grpc, port: 9000, protocol: grpc }]
`,
};
const CHUNK = Buffer.alloc(64 * 1024, "quote");
// Far more than all windows and socket buffers between the two ends hold.
const CHUNKS = 400;
const BETWEEN_BYTES_MAX = 8 * 1024 * 1024;
// Every 10 ms: a pause of the machine is no stop.
const STOPPED_LOOKS = 20;

type Answer = {
  readonly head: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly trailers: IncomingHttpHeaders | undefined;
};

test("a unary call's message, metadata and status come through", async (t) => {
  const { call } = await quotesMesh(t);
  const metadata = { "x-quote-bin": "AAEC", "x-text": "plain", "grpc-timeout": "5S" };
  const { head, body, trailers } = await collect(call("Unary", metadata), message("ask"));
  assert.equal(head[":status"], 200);
  assert.equal(head["content-type"], "application/grpc+proto");
  assert.equal(head["x-quote-bin"], "AAEC");
  assert.equal(head["x-te"], "trailers");
  assert.equal(head["x-timeout"], "5S");
  assert.deepEqual(body, message("ask"));
  assert.equal(trailers?.["grpc-status"], "0");
  assert.equal(trailers?.["x-trailer"], "last");
});

test("a failed call's status and message are those of the application", async (t) => {
  const { call } = await quotesMesh(t);
  const { head, trailers } = await collect(call("Fail"), message("ask"));
  assert.equal(head[":status"], 200);
  assert.equal(head["grpc-status"], undefined);
  assert.equal(trailers?.["grpc-status"], "9");
  assert.equal(trailers?.["grpc-message"], "no %F0%9F%93%9A left");
});

test("an answer of trailers only stays one", async (t) => {
  const { call } = await quotesMesh(t);
  const { head, body, trailers } = await collect(call("TrailersOnly"), message("ask"));
  assert.equal(head["grpc-status"], "12");
  assert.equal(body.length, 0);
  assert.equal(trailers, undefined);
});

test("both directions of a call stream at once", async (t) => {
  const { call } = await quotesMesh(t);
  const stream = call("Echo");
  for (const word of ["one", "two", "three"]) {
    stream.write(message(word));
    assert.deepEqual(await nextData(stream), message(word));
  }
  stream.end();
  const { trailers } = await collect(stream);
  assert.equal(trailers?.["grpc-status"], "0");
});

test("a caller that stops reading stops the application, and then gets everything", async (t) => {
  const { call, written } = await quotesMesh(t);
  const stream = call("Stream");
  stream.end(message("ask"));
  stream.pause();
  let before = 0;
  let looksAlike = 0;
  await eventually("the application is stopped", () => {
    looksAlike = written.bytes > 0 && written.bytes === before ? looksAlike + 1 : 0;
    before = written.bytes;
    return looksAlike >= STOPPED_LOOKS;
  });
  assert.ok(written.bytes < BETWEEN_BYTES_MAX, `${written.bytes} bytes are between the two`);
  const { body, trailers } = await collect(stream);
  assert.equal(body.length, CHUNK.length * CHUNKS);
  assert.equal(trailers?.["grpc-status"], "0");
});

test("a call that is cancelled is cancelled at the application", async (t) => {
  const { call, cancelled } = await quotesMesh(t);
  const stream = call("Echo");
  stream.on("error", () => {});
  stream.write(message("ask"));
  await nextData(stream);
  stream.close(8);
  await eventually("the application hears of it", () => cancelled.length > 0);
  assert.deepEqual(cancelled, [8]);
});

test("a call ends at its own deadline, at both sides", async (t) => {
  const { call, cancelled } = await quotesMesh(t);
  const timeout = { "grpc-timeout": "200m" };
  const { head, trailers } = await collect(call("Silent", timeout), message("ask"));
  assert.equal(head[":status"], 200);
  assert.equal(head["grpc-status"], "4");
  assert.equal(head["weft-cause"], "deadline-exceeded");
  assert.equal(trailers, undefined);
  const begun = call("Echo", timeout);
  const ended = new Promise((resolve) => begun.on("close", () => resolve(begun.rstCode)));
  begun.on("error", () => {});
  begun.write(message("ask"));
  assert.deepEqual(await nextData(begun), message("ask"));
  assert.equal(await ended, 8);
  await eventually("the application hears of it", () => cancelled.length === 2);
  assert.deepEqual(cancelled, [8, 8]);
});

test("an application that breaks off a call fails it", async (t) => {
  const { call } = await quotesMesh(t);
  await assert.rejects(collect(call("Reset"), message("ask")));
});

test("where no endpoint is, the mesh says unavailable in trailers only", async (t) => {
  const { call } = await quotesMesh(t, "nobody:80");
  const { head, body, trailers } = await collect(call("Unary"), message("ask"));
  assert.equal(head[":status"], 200);
  assert.equal(head["content-type"], "application/grpc");
  assert.equal(head["grpc-status"], "14");
  assert.notEqual(head["grpc-message"], undefined);
  assert.equal(head["weft-cause"], "no-endpoint");
  assert.equal(body.length, 0);
  assert.equal(trailers, undefined);
});

async function quotesMesh(t: { after(run: () => Promise<void>): void }, key = "quotes:80") {
  const written = { bytes: 0 };
  const cancelled: number[] = [];
  const application = createServer();
  application.on("stream", (stream: ServerHttp2Stream, head) => {
    stream.on("error", () => {});
    stream.on("close", () => {
      if (stream.rstCode !== 0) cancelled.push(stream.rstCode);
    });
    answer(stream, head, written);
  });
  const sessions: ClientHttp2Session[] = [];
  const mesh = await smallMesh(DOCUMENTS);
  t.after(async () => {
    for (const session of sessions) session.destroy();
    await mesh.close();
    application.close();
  });
  await mesh.proxy("quotes", {
    application: { declared: 9000, port: await listenOn(application) },
  });
  const socket = await connectThrough(await mesh.proxy("caller"), key, SECRET);
  const session = connect(`http://${key}`, { createConnection: () => socket });
  sessions.push(session);
  const call = (method: string, metadata: OutgoingHttpHeaders = {}): ClientHttp2Stream =>
    session.request({
      ":method": "POST",
      ":path": `/shop.Quotes/${method}`,
      "content-type": "application/grpc",
      te: "trailers",
      ...metadata,
    });
  return { call, written, cancelled };
}

function answer(stream: ServerHttp2Stream, head: IncomingHttpHeaders, written: { bytes: number }) {
  const method = head[":path"]?.split("/").at(-1);
  if (method === "Silent") return;
  const started = {
    ":status": 200,
    "content-type": "application/grpc+proto",
    "x-te": head["te"],
    "x-timeout": head["grpc-timeout"],
    "x-quote-bin": head["x-quote-bin"],
  };
  if (method === "TrailersOnly") {
    stream.respond({ ...started, "grpc-status": "12" }, { endStream: true });
    return;
  }
  const isFailure = method === "Fail";
  const status = isFailure ? { "grpc-status": "9", "grpc-message": "no %F0%9F%93%9A left" } : {};
  stream.on("wantTrailers", () => {
    stream.sendTrailers({ "grpc-status": "0", "x-trailer": "last", ...status });
  });
  stream.respond(started, { waitForTrailers: true });
  if (method === "Reset") stream.write(message("half"), () => stream.close(2));
  else if (method === "Stream") writeChunks(stream, written);
  else if (isFailure) stream.end();
  else stream.pipe(stream);
}

// As fast as it is taken.
function writeChunks(stream: ServerHttp2Stream, written: { bytes: number }): void {
  while (written.bytes < CHUNK.length * CHUNKS) {
    written.bytes += CHUNK.length;
    if (stream.write(CHUNK)) continue;
    stream.once("drain", () => writeChunks(stream, written));
    return;
  }
  stream.end();
}

// gRPC's frame: not compressed, length, message.
function message(text: string): Buffer {
  const frame = Buffer.alloc(5 + text.length);
  frame.writeUInt32BE(text.length, 1);
  frame.write(text, 5);
  return frame;
}

function nextData(stream: ClientHttp2Stream): Promise<Buffer> {
  return new Promise((resolve) => stream.once("data", resolve));
}

// The rest of a call, after the last message that it sends.
function collect(stream: ClientHttp2Stream, last?: Buffer): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  let head: IncomingHttpHeaders = {};
  let trailers: IncomingHttpHeaders | undefined;
  const chunks: Buffer[] = [];
  stream.on("response", (headers) => {
    head = headers;
  });
  stream.on("trailers", (headers) => {
    trailers = headers;
  });
  stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  stream.on("end", () => resolve({ head, body: Buffer.concat(chunks), trailers }));
  stream.on("error", reject);
  stream.resume();
  if (last) stream.end(last);
  return promise;
}
