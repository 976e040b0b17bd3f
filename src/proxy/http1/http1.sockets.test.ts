// Both connections against Node's own HTTP, over real sockets.

import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request } from "node:http";
import { connect } from "node:net";
import { type TestContext, test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { Answered, dial, listen, textOf } from "./socket-rig.ts";
import { requestHead } from "./test-rig.ts";

const MIB = 1024 * 1024;

test("Node's client gets its bodies back, by length and chunked, on one connection", async (t) => {
  const port = await listenEchoing(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  t.after(() => agent.destroy());
  const ports = new Set<number | undefined>();
  for (const body of ["", "hello", "x".repeat(MIB)]) {
    for (const headers of [{ "content-length": body.length }, { "transfer-encoding": "chunked" }]) {
      const asking = request({ port, method: "POST", path: "/echo", agent, headers });
      asking.end(body);
      const [answer] = (await once(asking, "response")) as [IncomingMessage];
      ports.add(asking.socket?.localPort);
      assert.equal(answer.statusCode, 200);
      assert.equal(answer.headers["x-path"], "/echo");
      assert.equal((await textOf(answer)).length, body.length);
    }
  }
  assert.equal(ports.size, 1);
});

test("Node's client gets its 100 and then its answer", async (t) => {
  const port = await listenEchoing(t);
  const headers = { expect: "100-continue", "content-length": 5 };
  const asking = request({ port, method: "PUT", headers, agent: false });
  asking.flushHeaders();
  await once(asking, "continue");
  asking.end("hello");
  const [answer] = (await once(asking, "response")) as [IncomingMessage];
  assert.equal(await textOf(answer), "hello");
});

test("a downstream that resets its connection fails the request", async (t) => {
  let failed: (code: string) => void = () => {};
  const failing = new Promise<string>((resolve) => (failed = resolve));
  const port = await listen(t, {
    request: () => ({
      data: () => {},
      end: () => {},
      drained: () => {},
      fail: ({ code }) => failed(code),
    }),
    refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
  });
  const socket = connect(port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  setTimeout(() => socket.resetAndDestroy(), 20);
  assert.equal(await failing, "downstream-reset");
});

test("an answer reaches a peer that is still sending what nobody wants", async (t) => {
  const port = await listen(t, {
    request: () => assert.fail("nothing may reach the acceptor"),
    refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
  });
  const socket = connect(port, "127.0.0.1");
  socket.write(`BAD\r\n\r\n${"x".repeat(30_000)}`);
  assert.match(await textOf(socket), /^HTTP\/1.1 400 Bad Request\r\n/);
});

test("a slow reader gets its last answer whole, however long it takes", async (t) => {
  const bytes = 16 * MIB;
  const port = await listen(t, {
    request: (_, stream) => {
      stream.respond({ status: 200, headers: [], contentLength: bytes });
      for (let i = 0; i < bytes; i += MIB) stream.write(Buffer.alloc(MIB));
      stream.end();
      return { data: () => {}, end: () => {}, drained: () => {}, fail: () => {} };
    },
    refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
  });
  const socket = connect(port, "127.0.0.1");
  socket.pause();
  socket.write("GET / HTTP/1.0\r\n\r\n");
  await new Promise((resolve) => setTimeout(resolve, LIMITS.lingerMs * 1.5));
  assert.ok((await textOf(socket)).length > bytes);
});

test("Node's server answers one request after the other on our connection", async (t) => {
  const server = createServer((asked, answer) => {
    answer.setHeader("x-host", asked.headers.host ?? "");
    if (asked.method === "GET") answer.setHeader("content-length", 3).end("get");
    else asked.pipe(answer);
  });
  const { connection, told } = await dial(t, server);
  const get = new Answered();
  connection.open(requestHead(), get).end();
  await get.over;
  assert.equal(get.body, "get");
  assert.equal(get.answer?.headers.includes("ratings:8080"), true);
  for (const contentLength of [MIB, -1]) {
    const echo = new Answered();
    const stream = connection.open(requestHead({ method: "POST", contentLength }), echo);
    let left = MIB;
    const send = () => {
      while (left > 0) {
        left -= 16_384;
        if (!stream.write(Buffer.alloc(16_384, "x"))) return;
      }
      stream.end();
    };
    echo.drained = send;
    send();
    await echo.over;
    assert.equal(echo.failure, undefined);
    assert.equal(echo.body.length, MIB);
  }
  assert.equal(connection.isReused, true);
  assert.deepEqual(told, ["slots", "slots", "slots"]);
});

test("an upstream that closes its idle connection is noticed", async (t) => {
  const server = createServer((_, answer) => answer.end("x"));
  server.keepAliveTimeout = 50;
  server.keepAliveTimeoutBuffer = 0;
  const { connection, closed } = await dial(t, server);
  const answered = new Answered();
  connection.open(requestHead(), answered).end();
  await answered.over;
  await closed;
  assert.equal(connection.slotsFree, 0);
});

async function listenEchoing(t: TestContext): Promise<number> {
  return listen(t, {
    request: ({ path, contentLength }, stream) => {
      let isAnswered = false;
      const answer = () => {
        if (!isAnswered) stream.respond({ status: 200, headers: ["x-path", path], contentLength });
        isAnswered = true;
      };
      return {
        data: (chunk) => {
          answer();
          if (!stream.write(chunk)) stream.pause();
        },
        end: (trailers) => {
          answer();
          stream.end(trailers);
        },
        fail: () => {},
        drained: () => stream.resume(),
      };
    },
    refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
  });
}
