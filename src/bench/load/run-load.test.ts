import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener } from "node:http";
import {
  type AddressInfo,
  createServer as createListener,
  type Server,
  type Socket,
} from "node:net";
import { test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { LOAD_DEFAULTS, type LoadLoop, type LoadOptions } from "./load-options.ts";
import { runLoad } from "./run-load.ts";

const CLOSED = { kind: "closed" } as const;
const GET = { method: "GET", path: "/", headers: [], body: "", weight: 1 } as const;

test("an open loop keeps its rate and counts what came", async () => {
  await using target = await listenHttp((_, response) => response.end("hello"));
  const result = await runLoad({ ...options(target.url, open(200)), durationMs: 1000 });
  assert.ok(Math.abs(result.requests - 200) <= 2, `${result.requests} requests`);
  assert.deepEqual([result.answers, result.succeeded], [result.requests, result.requests]);
  assert.deepEqual(result.statuses, [[200, result.requests]]);
  assert.equal(result.bodyBytes, 5 * result.requests);
  assert.equal(result.successRate, 1);
});

test("a target that stalls once shows it in the latencies of all who came meanwhile", async () => {
  let seen = 0;
  await using target = await listenHttp((_, response) => {
    const until = ++seen === 100 ? performance.now() + 200 : 0;
    while (performance.now() < until);
    response.end();
  });
  // One connection: a closed loop would see a single slow answer.
  const load = { ...options(target.url, open(200)), connections: 1, durationMs: 1000 };
  const result = await runLoad(load);
  assert.ok(result.latencyUs.p99 > 150_000, `p99 ${result.latencyUs.p99} us`);
  assert.ok(result.latencyUs.p90 > 50_000, `p90 ${result.latencyUs.p90} us`);
  assert.equal(result.answers, result.requests);
});

test("arrivals that were due while the generator stood still count when it goes on", async () => {
  await using target = await listenHttp((_, response) => response.end());
  setTimeout(() => {
    const until = performance.now() + 300;
    while (performance.now() < until);
  }, 100);
  const result = await runLoad({ ...options(target.url, open(200)), durationMs: 300 });
  assert.ok(Math.abs(result.requests - 60) <= 1, `${result.requests} requests`);
  assert.ok(result.latencyUs.max > 200_000, `max ${result.latencyUs.max} us`);
  assert.equal(result.isLimit, true);
});

test("a closed loop sends the next request on an answer, never before", async () => {
  let open = 0;
  let most = 0;
  await using target = await listenRaw((socket) => {
    socket.on("data", (bytes) => {
      open += bytes.toString("latin1").split("\r\n\r\n").length - 1;
      most = Math.max(most, open);
      setTimeout(() => {
        open--;
        socket.write("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
      }, 5);
    });
  });
  const result = await runLoad({ ...options(target.url, CLOSED), connections: 3, requestsMax: 30 });
  assert.deepEqual([result.requests, result.answers], [30, 30]);
  assert.equal(most, 3);
});

test("bodies come with a length or in chunks", async () => {
  await using target = await listenHttp((request, response) => {
    if (request.url === "/chunks") response.write("x".repeat(70_000));
    response.end("y".repeat(30_000));
  });
  const shapes = [GET, { ...GET, path: "/chunks" }];
  const load = { ...options(target.url, CLOSED), shapes, connections: 1, requestsMax: 10 };
  const result = await runLoad(load);
  assert.equal(result.bodyBytes, 5 * 30_000 + 5 * 100_000);
});

test("a request's body arrives as it was written", async () => {
  const bodies: string[] = [];
  await using target = await listenHttp(async (request, response) => {
    bodies.push(Buffer.concat(await request.toArray()).toString("utf8"));
    response.writeHead(201).end();
  });
  const shapes = [{ ...GET, method: "POST", body: "grüße {n}" }];
  const load = { ...options(target.url, CLOSED), shapes, connections: 1, requestsMax: 2 };
  const result = await runLoad(load);
  assert.deepEqual(bodies, ["grüße 0", "grüße 1"]);
  assert.deepEqual(result.statuses, [[201, 2]]);
});

test("what goes wrong is counted by its kind", async () => {
  const behaviours = {
    reset: (socket: Socket) => socket.resetAndDestroy(),
    cut: (socket: Socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nshort"),
    framing: (socket: Socket) => socket.write("HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n"),
    timeout: () => true,
  };
  for (const [kind, behave] of Object.entries(behaviours)) {
    await using target = await listenRaw((socket) => socket.once("data", () => behave(socket)));
    const load = { ...options(target.url, CLOSED), connections: 1, requestsMax: 3 };
    const result = await runLoad({ ...load, requestTimeoutMs: 60 });
    assert.equal(result.errors[kind as keyof typeof result.errors], 3, kind);
    assert.deepEqual([result.answers, result.successRate, result.abandoned], [0, 0, 0], kind);
  }
});

test("a refused connection is an error of its own", async () => {
  const target = await listenHttp(() => {});
  await target[Symbol.asyncDispose]();
  const result = await runLoad({ ...options(target.url, CLOSED), requestsMax: 5 });
  assert.equal(result.errors.connect, result.requests);
});

test("arrivals wait for a connection up to a limit, the rest is overload", async () => {
  await using target = await listenHttp(
    (_, response) => void setTimeout(() => response.end(), 300),
  );
  const load = { ...options(target.url, open(100)), connections: 1, waitingMax: 2 };
  const result = await runLoad({ ...load, durationMs: 250 });
  assert.equal(result.answers, 3);
  assert.equal(result.errors.overload, result.requests - 3);
});

test("the warm-up is sent and not counted", async () => {
  let seen = 0;
  await using target = await listenHttp((_, response) => {
    seen++;
    response.end();
  });
  const load = { ...options(target.url, open(100)), warmUpMs: 300, durationMs: 300 };
  const result = await runLoad(load);
  assert.ok(Math.abs(result.requests - 30) <= 2, `${result.requests} requests`);
  assert.ok(seen >= result.requests + 25, `${seen} arrived`);
});

test("without keep-alive every request has its own connection", async () => {
  let connections = 0;
  await using target = await listenHttp((_, response) => response.end("x"));
  target.listener.on("connection", () => connections++);
  const load = { ...options(target.url, CLOSED), keepsAlive: false, requestsMax: 20 };
  const result = await runLoad(load);
  assert.deepEqual([result.answers, connections], [20, 20]);
});

// Whoever sends while the target closes may lose that request: no time passes until it has closed.
test("a connection that the target closed between requests is dialled again", async () => {
  await using target = await listenHttp((_, response) => response.end("x"));
  let connections = 0;
  target.listener.on("connection", () => connections++);
  const clock = new FakeClock();
  const load = { ...options(target.url, open(50)), connections: 1, durationMs: 150 };
  const running = runLoad(load, { clock });
  for (let i = 0; i < 7; i++) {
    const asked = once(target.listener, "request");
    clock.advance(20);
    const { socket }: IncomingMessage = (await asked)[0];
    const closed = once(socket, "close");
    socket.end();
    await closed;
  }
  clock.advance(50);
  const { requests, answers, errors } = await running;
  assert.deepEqual([requests, answers, connections], [7, 7, 7], JSON.stringify(errors));
});

test("a load told to stop gives up what is open and says how much", async () => {
  await using target = await listenHttp(() => {});
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 150);
  const result = await runLoad(options(target.url, CLOSED), { signal: stop.signal });
  assert.deepEqual([result.requests, result.answers, result.abandoned], [4, 0, 4]);
});

test("progress is told each second", async () => {
  await using target = await listenHttp((_, response) => response.end());
  const told: number[] = [];
  await runLoad(
    { ...options(target.url, open(50)), durationMs: 1200 },
    { onProgress: ({ answers }) => told.push(answers) },
  );
  assert.equal(told.length, 1);
  assert.ok(told[0]! > 40, `${told[0]} answers`);
});

test("a load that makes no sense is refused", () => {
  const url = "http://127.0.0.1:1";
  assert.throws(() => runLoad(options("https://127.0.0.1:1", CLOSED)), TypeError);
  assert.throws(() => runLoad({ ...options(url, CLOSED), connections: 0 }), RangeError);
  assert.throws(() => runLoad(options(url, open(0))), RangeError);
});

function options(target: string, loop: LoadLoop): LoadOptions {
  return { ...LOAD_DEFAULTS, target, shapes: [GET], loop, connections: 4 };
}

function open(ratePerSecond: number): LoadLoop {
  return { kind: "open", ratePerSecond, arrivals: "uniform", pacing: "timer" };
}

function listenHttp(answer: RequestListener) {
  return listen(createServer(answer));
}

function listenRaw(accept: (socket: Socket) => void) {
  return listen(createListener(accept));
}

async function listen(listener: Server) {
  const sockets = new Set<Socket>();
  listener.on("connection", (socket) => {
    sockets.add(socket.on("error", () => {}).on("close", () => sockets.delete(socket)));
  });
  await once(listener.listen(0, "127.0.0.1"), "listening");
  return {
    listener,
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
