// Probes of the kubelet that the proxy answers in the application's stead. The kubelet's side is fetch,
// the application's Node's own servers.

import assert from "node:assert/strict";
import { once } from "node:events";
import {
  createServer as createHttpServer,
  type IncomingMessage,
  type RequestListener,
} from "node:http";
import { createServer as createGrpcServer, type ServerHttp2Stream } from "node:http2";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, createServer as createTcpServer, type Server } from "node:net";
import { type TestContext, test } from "node:test";
import { systemClock } from "#base/clock.ts";
import { Deadlines } from "#base/deadlines.ts";
import { LIMITS } from "#base/limits.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { systemNetwork } from "#proxy/pipeline/network.ts";
import { PieceWriter } from "#proxy/pipeline/piece-writer.ts";
import { ProbeAcceptor } from "#proxy/pipeline/probes/probe-acceptor.ts";
import { StatusAcceptor } from "#proxy/pipeline/status-acceptor.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { netListen } from "#proxy/transport/net-listen.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import type { PodProbe } from "#snapshot/pod-settings.ts";
import { TestAuthority } from "./support/test-authority.ts";

const PATH = "/app-health/web/livez";

test("an application is asked what the kubelet would have asked", async (t) => {
  let status = 200;
  const seen: IncomingMessage[] = [];
  const port = await web(t, (request, answer) => {
    seen.push(request);
    answer.writeHead(status, { location: "/elsewhere" }).end("body");
  });
  const httpHeaders = [
    { name: "Host", value: "shop.test" },
    { name: "X-Probe", value: "one" },
    { name: "x-probe", value: "two" },
    { name: "Accept", value: "" },
    { name: "Transfer-Encoding", value: "chunked" },
  ];
  const ask = await health(t, [httpGet(port, { path: "live z?deep=1#part", httpHeaders })]);
  for (const [answered, told] of [
    [200, 200],
    [204, 200],
    [302, 200],
    [404, 404],
    [500, 500],
  ] as const) {
    status = answered;
    assert.deepEqual(await ask(), [told, `The application answered ${answered}`]);
  }
  const { url, method, headers } = seen[0]!;
  assert.deepEqual([method, url], ["GET", "/live%20z?deep=1"]);
  assert.equal(headers.host, "shop.test");
  assert.equal(headers["x-probe"], "one, two");
  assert.equal(headers["user-agent"], "kube-probe/1.36");
  assert.equal(headers.accept, undefined);
  assert.equal(seen.length, 5);
});

test("each probe has a connection of its own, and leaves none behind", async (t) => {
  const sockets = new Set<unknown>();
  const port = await web(t, (request, answer) => {
    sockets.add(request.socket);
    answer.end("x".repeat(100));
  });
  const ask = await health(t, [httpGet(port)]);
  await Promise.all([ask(), ask(), ask()]);
  assert.equal(sockets.size, 3);
});

test("a body that never ends keeps no probe waiting", async (t) => {
  const port = await web(t, (_, answer) => {
    const more = () => {
      if (answer.write("x".repeat(4096))) setImmediate(more);
      else answer.once("drain", more);
    };
    more();
  });
  const ask = await health(t, [httpGet(port)]);
  assert.deepEqual(await ask(), [200, "The application answered 200"]);
});

test("an application over TLS is believed whatever its certificate says", async (t) => {
  const stranger = await TestAuthority.create("Nobody");
  const { keyPem, certificatePem } = await stranger.issue({ uris: [], dns: ["elsewhere"] });
  const credentials = { key: keyPem, cert: certificatePem };
  const server = createHttpsServer(credentials, (_, answer) => answer.writeHead(201).end());
  const port = await listening(t, server);
  const ask = await health(t, [httpGet(port, { scheme: "HTTPS" })]);
  assert.deepEqual(await ask(), [200, "The application answered 201"]);
});

test("silence, refusal and a torn answer are failures that say what happened", async (t) => {
  const silent = await listening(
    t,
    createTcpServer().on("connection", (s) => t.after(() => s.destroy())),
  );
  const slow = await health(t, [{ ...httpGet(silent), timeoutMs: 50 }]);
  assert.deepEqual(await slow(), [504, "The application did not answer within 50 ms"]);
  const closed = createTcpServer();
  const gone = await listening(t, closed);
  closed.close();
  const refused = await health(t, [httpGet(gone)]);
  const [status, text] = await refused();
  assert.equal(status, 503);
  assert.match(text, /^Cannot reach the application: .*ECONNREFUSED/);
  const torn = await web(t, (request, answer) => {
    answer.writeHead(200, { "content-length": "10" }).write("x");
    setImmediate(() => request.socket.destroy());
  });
  const [tornStatus] = await (await health(t, [httpGet(torn)]))();
  assert.equal(tornStatus, 503);
});

test("a header that can't be sent is told, not sent", async (t) => {
  const port = await web(t, (_, answer) => answer.end());
  const httpHeaders = [{ name: "x-a", value: "1\r\nx-b: 2" }];
  const ask = await health(t, [httpGet(port, { httpHeaders })]);
  assert.deepEqual(await ask(), [500, 'Cannot ask the application: header "x-a" is none']);
});

test("TCP: whoever takes the connection is well", async (t) => {
  const server = createTcpServer((socket) => socket.on("error", () => {}).end());
  const port = await listening(t, server);
  const ask = await health(t, [{ ...probe(port), action: { tcpSocket: { port } } }]);
  assert.equal((await ask())[0], 200);
  server.close();
  assert.equal((await ask())[0], 503);
});

test("gRPC: whoever is SERVING is well", async (t) => {
  const replies = new Map<string, (stream: ServerHttp2Stream) => void>([
    ["", (stream) => reply(stream, [0x08, 1])],
    ["shop.Cart", (stream) => reply(stream, [0x08, 2])],
    [
      "unknown",
      (stream) => stream.respond({ ":status": 200, "grpc-status": "5" }, { endStream: true }),
    ],
  ]);
  const server = createGrpcServer().on("stream", (opened, headers) => {
    const stream = opened as ServerHttp2Stream;
    assert.equal(headers[":path"], "/grpc.health.v1.Health/Check");
    const chunks: Buffer[] = [];
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
    stream.on("end", () => {
      const message = Buffer.concat(chunks).subarray(5);
      const service = message.length === 0 ? "" : message.subarray(2).toString();
      replies.get(service)!(stream);
    });
  });
  const port = await listening(t, server);
  const asked = async (service?: string) => {
    const action = { grpc: { port, ...(service !== undefined && { service }) } };
    return (await health(t, [{ ...probe(port), action }]))();
  };
  assert.deepEqual(await asked(), [200, "The application's health is SERVING"]);
  assert.deepEqual(await asked("shop.Cart"), [503, "The application's health is NOT_SERVING"]);
  const [status, text] = await asked("unknown");
  assert.deepEqual([status, text], [503, "The application answered with grpc-status 5"]);
});

test("other paths are the pages', and too many probes at once are refused", async (t) => {
  const silent = await listening(
    t,
    createTcpServer().on("connection", (s) => t.after(() => s.destroy())),
  );
  const ask = await health(t, [{ ...httpGet(silent), timeoutMs: 400 }]);
  assert.deepEqual(await ask("/ready"), [200, "ready"]);
  assert.equal((await ask("/app-health/other/livez"))[0], 404);
  const answers = await Promise.all(Array.from({ length: LIMITS.probesOpenMax + 2 }, () => ask()));
  const statuses = answers.map(([status]) => status);
  assert.equal(statuses.filter((status) => status === 503).length, 2);
  assert.equal(statuses.filter((status) => status === 504).length, LIMITS.probesOpenMax);
  assert.equal((await ask())[0], 504);
});

function probe(port: number): Omit<PodProbe, "action"> {
  return { path: PATH, port, timeoutMs: 5_000 };
}

function httpGet(port: number, action: object = {}): PodProbe {
  return { ...probe(port), action: { httpGet: { port, ...action } } };
}

function reply(stream: ServerHttp2Stream, message: readonly number[]): void {
  stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
  stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
  stream.end(Buffer.from([0, 0, 0, 0, message.length, ...message]));
}

function web(t: TestContext, listener: RequestListener): Promise<number> {
  return listening(t, createHttpServer(listener));
}

async function listening(t: TestContext, server: Pick<Server, "listen" | "close" | "address">) {
  server.listen(0, "127.0.0.1");
  await once(server as Server, "listening");
  t.after(() => {
    server.close();
    if ("closeAllConnections" in server) (server.closeAllConnections as () => void)();
  });
  return (server.address() as AddressInfo).port;
}

// Asks the health port as the kubelet does.
async function health(t: TestContext, probes: readonly PodProbe[]) {
  const codecs: CodecTools = {
    clock: systemClock,
    deadlines: new Deadlines(systemClock),
    flusher: new TickFlusher(setImmediate),
    blocks: new BlockPool(),
    limits: new LimitsInForce(),
  };
  const ready = () => ({ status: 200, type: "text/plain", body: "ready\n" });
  const pages = new StatusAcceptor(
    new Map([["/ready", ready]]),
    new PieceWriter(systemClock, setImmediate),
  );
  const network = systemNetwork(systemClock);
  const acceptor = new ProbeAcceptor(pages, { probes, addresses: [], network, codecs });
  const open = new Set<Http1ServerConnection>();
  const listener = await netListen({ address: "127.0.0.1", port: 0 }, (stream) => {
    open.add(new Http1ServerConnection(stream, acceptor, codecs, () => {}));
  });
  t.after(() => {
    listener.close();
    acceptor.close();
    for (const connection of open) connection.destroy();
  });
  return async (path = PATH): Promise<readonly [status: number, text: string]> => {
    const headers = { "user-agent": "kube-probe/1.36", connection: "close" };
    const url = `http://127.0.0.1:${listener.port}${path}`;
    const answer = await fetch(url, { headers, redirect: "manual" });
    return [answer.status, (await answer.text()).trimEnd()];
  };
}
