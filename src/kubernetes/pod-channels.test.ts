// Against `ws`, another implementation of WebSockets, that answers as a kubelet does.

import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { buffer, text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { type WebSocket, WebSocketServer } from "ws";
import { ApiServerFixture } from "./api-server-fixture.ts";
import { execInPod } from "./exec-in-pod.ts";
import { openPodPort } from "./pod-port.ts";

const POD = { namespace: "shop", pod: "web-0" };

type Kubelet = (socket: WebSocket, url: URL) => void;

async function start(t: TestContext, kubelet: Kubelet) {
  const server = await new ApiServerFixture().listen();
  const sockets = new WebSocketServer({
    noServer: true,
    handleProtocols: (offered) => (offered.has("v4.channel.k8s.io") ? "v4.channel.k8s.io" : false),
  });
  server.upgrade = (asked, stream, head) => {
    assert.equal(asked.headers.authorization, "Bearer secret");
    sockets.handleUpgrade(asked, stream, head, (socket) =>
      kubelet(socket, new URL(asked.url ?? "", "http://api")),
    );
  };
  const api = server.client();
  t.after(async () => {
    api.close();
    sockets.close();
    await server.close();
  });
  return { server, api };
}

function onChannel(channel: number, bytes: string | Buffer): Buffer {
  return Buffer.concat([Buffer.of(channel), Buffer.from(bytes)]);
}

// Port 80, little-endian, on both channels.
function beginPort(socket: WebSocket): void {
  for (const channel of [0, 1]) socket.send(onChannel(channel, Buffer.of(80, 0)));
}

test("what is sent reaches a pod's port, and what it answers comes back", async (t) => {
  let asked = "";
  const { api } = await start(t, (socket, url) => {
    asked = `${url.pathname}${url.search}`;
    beginPort(socket);
    socket.on("message", (message: Buffer) => {
      socket.send(onChannel(0, `heard ${message.subarray(1)} on ${message[0]}`));
      socket.close(1000);
    });
  });
  const opening = await openPodPort(api, { ...POD, port: 80 });
  assert.ok(opening.kind === "opened");
  opening.stream.write("hello");
  assert.equal(await text(opening.stream), "heard hello on 0");
  assert.equal(asked, "/api/v1/namespaces/shop/pods/web-0/portforward?ports=80");
});

test("megabytes go both ways, whatever a frame's length", async (t) => {
  const { api } = await start(t, (socket) => {
    beginPort(socket);
    let bytes = 0;
    socket.on("message", (message: Buffer) => {
      bytes += message.length - 1;
      socket.send(message);
      if (bytes === 3_000_000) socket.close(1000);
    });
  });
  const opening = await openPodPort(api, { ...POD, port: 80 });
  assert.ok(opening.kind === "opened");
  const sent = Buffer.alloc(3_000_000, "0123456789");
  const received = buffer(opening.stream);
  for (const [from, to] of [
    [0, 100],
    [100, 300],
    [300, 66_000],
    [66_000, 900_000],
    [900_000, 1_900_000],
    [1_900_000, 2_500_000],
    [2_500_000, 3_000_000],
  ]) {
    opening.stream.write(sent.subarray(from, to));
  }
  assert.ok((await received).equals(sent));
});

test("an HTTP exchange goes through a pod's port", async (t) => {
  const { api } = await start(t, (socket) => {
    beginPort(socket);
    socket.once("message", () => {
      const answer = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nhi";
      // In pieces, and split into fragments.
      socket.send(onChannel(0, answer.slice(0, 10)), { fin: true });
      socket.send(onChannel(0, answer.slice(10, 30)), { fin: false });
      socket.send(Buffer.from(answer.slice(30)), { fin: true });
      socket.close(1000);
    });
  });
  const opening = await openPodPort(api, { ...POD, port: 80 });
  assert.ok(opening.kind === "opened");
  const asking = request({ path: "/", createConnection: () => opening.stream });
  asking.end();
  const [answer] = await once(asking, "response");
  assert.equal(await text(answer), "hi");
});

test("a port that nobody listens on is an error in the kubelet's words", async (t) => {
  const { api } = await start(t, (socket) => {
    beginPort(socket);
    socket.send(onChannel(1, "error forwarding port 80: connection refused"));
  });
  const opening = await openPodPort(api, { ...POD, port: 80 });
  assert.ok(opening.kind === "opened");
  opening.stream.on("data", () => {});
  const [error] = await once(opening.stream, "error");
  assert.match(String(error), /port 80: connection refused/);
});

test("a pod that isn't there is told, as the API server says it", async (t) => {
  const { server, api } = await start(t, () => {});
  server.upgrade = (_, stream) => {
    const body = JSON.stringify({ message: 'pods "web-0" not found' });
    const head = `content-type: application/json\r\ncontent-length: ${body.length}`;
    stream.end(`HTTP/1.1 404 Not Found\r\n${head}\r\n\r\n${body}`);
  };
  const opening = await openPodPort(api, { ...POD, port: 80 });
  assert.deepEqual(opening, { kind: "failed", reason: 'pods "web-0" not found (404)' });
});

test("pings are answered, and a WebSocket of another kind is refused", async (t) => {
  const pong = Promise.withResolvers<string>();
  const { server, api } = await start(t, (socket) => {
    beginPort(socket);
    socket.on("pong", (bytes: Buffer) => {
      pong.resolve(String(bytes));
      socket.close(1000);
    });
    socket.ping(Buffer.from("are you there"));
  });
  const opening = await openPodPort(api, { ...POD, port: 80 });
  assert.ok(opening.kind === "opened");
  assert.equal(await pong.promise, "are you there");
  await text(opening.stream);
  server.upgrade = (_, stream) => {
    stream.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n");
    stream.end("connection: Upgrade\r\nsec-websocket-accept: wrong\r\n\r\n");
  };
  const stranger = await openPodPort(api, { ...POD, port: 80 });
  assert.ok(stranger.kind === "failed");
  assert.match(stranger.reason, /doesn't speak v4\.channel\.k8s\.io/);
});

test("a command in a pod ends with its output and its exit code", async (t) => {
  const asked: string[] = [];
  let status: object = { status: "Success" };
  const { api } = await start(t, (socket, url) => {
    asked.push(...url.searchParams.getAll("command"), url.searchParams.get("container") ?? "");
    socket.send(onChannel(1, "all "));
    socket.send(onChannel(2, "well\n"));
    socket.send(onChannel(3, JSON.stringify(status)));
    socket.close(1000);
  });
  const command = { ...POD, container: "proxy", command: ["node", "--check"] };
  assert.deepEqual(await execInPod(api, command), { kind: "ended", code: 0, output: "all well\n" });
  assert.deepEqual(asked, ["node", "--check", "proxy"]);
  const causes = [{ reason: "ExitCode", message: "3" }];
  status = { status: "Failure", message: "exit code 3", details: { causes } };
  assert.deepEqual(await execInPod(api, command), { kind: "ended", code: 3, output: "all well\n" });
  status = { status: "Failure", message: "no such file" };
  assert.deepEqual(await execInPod(api, command), { kind: "failed", reason: "no such file" });
});

test("a command whose connection breaks has failed", async (t) => {
  const { api } = await start(t, (socket) => socket.terminate());
  const ended = await execInPod(api, { ...POD, container: "proxy", command: ["true"] });
  assert.equal(ended.kind, "failed");
});

test("what is cut off is an error, and no end", async (t) => {
  for (const cut of [
    (socket: WebSocket) => socket.terminate(),
    (socket: WebSocket) => socket.send(onChannel(0, Buffer.alloc(1024 * 1024))),
    (socket: WebSocket) => socket.close(1011, "the pod is gone"),
  ]) {
    const { api } = await start(t, (socket) => {
      beginPort(socket);
      socket.once("message", () => cut(socket));
    });
    const opening = await openPodPort(api, { ...POD, port: 80 });
    assert.ok(opening.kind === "opened");
    opening.stream.write("x");
    await assert.rejects(text(opening.stream));
  }
});
