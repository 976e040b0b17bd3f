// Against Node's own HTTP/2, over real sockets, with prior knowledge.

import assert from "node:assert/strict";
import { once } from "node:events";
import http2 from "node:http2";
import net from "node:net";
import { test } from "node:test";
import { socketStream } from "#proxy/transport/socket-stream.ts";
import { Http2ClientConnection } from "./client-connection.ts";
import { Http2ServerConnection } from "./server-connection.ts";
import { ask, codecTools, echo, GET, pump } from "./test-tools.ts";

const LOOPBACK = "127.0.0.1";
const MiB = 1024 * 1024;

test("a request of Node's is answered: head, body and trailers", async (t) => {
  const { session } = await nodeAsksUs(t);
  const stream = session.request(
    { ":method": "POST", ":path": "/books?id=7", "x-one": "1", cookie: "a=1; b=2" },
    { waitForTrailers: true },
  );
  stream.on("wantTrailers", () => stream.sendTrailers({ "x-sum": "42" }));
  stream.end("the body");
  const { headers, trailers, body } = await nodeAnswer(stream);
  assert.equal(headers[":status"], 200);
  assert.equal(headers["x-path"], "/books?id=7");
  assert.equal(headers["x-one"], "1");
  assert.equal(headers["cookie"], "a=1; b=2");
  assert.equal(trailers["x-sum"], "42");
  assert.equal(`${body}`, "the body");
});

test("a MiB goes to us and back under backpressure", async (t) => {
  const { session } = await nodeAsksUs(t);
  const sent = pattern(MiB);
  const stream = session.request({ ":method": "POST", ":path": "/" });
  stream.end(sent);
  const { body } = await nodeAnswer(stream);
  assert.ok(body.equals(sent));
});

test("a hundred requests at once share one connection", async (t) => {
  const { session, accepted } = await nodeAsksUs(t);
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => {
      const stream = session.request({ ":method": "POST", ":path": `/${i}` });
      stream.end(`body ${i}`);
      return nodeAnswer(stream);
    }),
  );
  for (const [i, { headers, body }] of answers.entries()) {
    assert.equal(headers["x-path"], `/${i}`);
    assert.equal(`${body}`, `body ${i}`);
  }
  assert.equal(accepted.length, 1);
  assert.equal(accepted[0]!.streamsOpen, 0);
});

test("Node's answers reach us: interim heads, head, body and trailers", async (t) => {
  const connection = await weAskNode(t, (stream, headers) => {
    stream.additionalHeaders({ ":status": 103, link: "</style.css>" });
    stream.respond(
      { ":status": 201, "x-path": headers[":path"]!, "content-type": "text/plain" },
      { waitForTrailers: true },
    );
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.pipe(stream);
  });
  const answer = await ask(
    connection,
    { ...GET, method: "POST", path: "/a", headers: ["te", "trailers"], contentLength: -1 },
    (stream) => {
      stream.write(Buffer.from("one "));
      stream.write(Buffer.from("two"));
      stream.end(["x-checksum", "7"]);
    },
  );
  assert.equal(answer.failure, undefined);
  assert.deepEqual(
    answer.informs.map(({ status }) => status),
    [103],
  );
  assert.equal(answer.head?.status, 201);
  assert.ok(answer.head.headers.includes("/a"));
  assert.equal(`${answer.body}`, "one two");
  assert.deepEqual(answer.trailers, ["grpc-status", "0"]);
});

test("a MiB goes to Node and back under backpressure, and its windows are respected", async (t) => {
  const connection = await weAskNode(t, (stream) => {
    stream.respond({ ":status": 200 });
    stream.pipe(stream);
  });
  const sent = pattern(MiB);
  const { send } = pump(sent);
  const answer = await ask(connection, { ...GET, method: "PUT", contentLength: MiB }, send, send);
  assert.equal(answer.failure, undefined);
  assert.ok(answer.body.equals(sent));
});

test("a hundred exchanges with Node run at once", async (t) => {
  const connection = await weAskNode(t, (stream, headers) => {
    stream.respond({ ":status": 200 });
    stream.end(headers[":path"]);
  });
  const answers = await Promise.all(
    Array.from({ length: 100 }, (_, i) => ask(connection, { ...GET, path: `/${i}` })),
  );
  for (const [i, { body }] of answers.entries()) assert.equal(`${body}`, `/${i}`);
  assert.equal(connection.streamsOpen, 0);
});

test("answers without a body end with their head", async (t) => {
  const connection = await weAskNode(t, (stream, headers) => {
    const status = Number(headers[":path"]!.slice(1));
    stream.respond({ ":status": status, "content-length": status === 200 ? 17 : 0 });
    stream.end();
  });
  const head = await ask(connection, { ...GET, method: "HEAD", path: "/200" });
  assert.deepEqual([head.failure, head.head?.contentLength], [undefined, 17]);
  const unchanged = await ask(connection, { ...GET, path: "/304" });
  assert.deepEqual([unchanged.failure, unchanged.head?.status], [undefined, 304]);
  const empty = await ask(connection, { ...GET, path: "/204" });
  assert.deepEqual([empty.failure, empty.head?.contentLength], [undefined, 0]);
});

type Context = { after(run: () => void): void };

async function nodeAsksUs(t: Context) {
  const tools = codecTools();
  const accepted: Http2ServerConnection[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    accepted.push(new Http2ServerConnection(socketStream(socket), echo, tools, () => {}));
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const session = http2.connect(`http://${LOOPBACK}:${port}`);
  t.after(() => {
    session.destroy();
    server.close();
  });
  return { session, accepted };
}

async function weAskNode(
  t: Context,
  answer: (stream: http2.ServerHttp2Stream, headers: http2.IncomingHttpHeaders) => void,
): Promise<Http2ClientConnection> {
  const server = http2.createServer();
  server.on("stream", answer);
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const socket = net.connect({ port, host: LOOPBACK, allowHalfOpen: true });
  await once(socket, "connect");
  const owner = { slotsChanged() {}, draining() {}, closed() {} };
  const connection = new Http2ClientConnection(socketStream(socket), owner, codecTools());
  t.after(() => {
    connection.destroy();
    server.close();
  });
  return connection;
}

function nodeAnswer(stream: http2.ClientHttp2Stream) {
  return new Promise<{
    headers: http2.IncomingHttpHeaders;
    trailers: http2.IncomingHttpHeaders;
    body: Buffer;
  }>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let headers: http2.IncomingHttpHeaders = {};
    let trailers: http2.IncomingHttpHeaders = {};
    stream.on("response", (head) => {
      headers = head;
    });
    stream.on("trailers", (fields) => {
      trailers = fields;
    });
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => resolve({ headers, trailers, body: Buffer.concat(chunks) }));
    stream.on("error", reject);
  });
}

function pattern(length: number): Buffer {
  return Buffer.from(Uint8Array.from({ length }, (_, i) => i * 7 + (i >> 8)));
}
