// `weft bench rig` as whoever measures uses it: real processes, every shape and protocol.

import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import { connect, createServer as createHttp2, type ServerHttp2Stream } from "node:http2";
import {
  type AddressInfo,
  createConnection,
  createServer as createTcp,
  type Socket,
} from "node:net";
import { text } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import type { RigReady } from "#bench/rig/rig-options.ts";
import { descendantsOf } from "./support/descendants.ts";
import { untilAllEnded } from "./support/mesh-processes.ts";
import { runWeft, WEFT, weftEnvironment } from "./support/run-weft.ts";

const REQUESTS = 25;

for (const shape of ["plain", "pair"]) {
  test(`a ${shape} rig carries HTTP/1, counts every request and leaves nothing`, async (t) => {
    const backend = createServer((request, response) => response.end(`you asked ${request.url}`));
    const { ready, child } = await startRig(t, await listening(t, backend), ["--shape", shape]);
    // Who only looks whether somebody listens has asked for nothing.
    for (let i = 0; i < 3; i++) await text(connectTo(ready.listen).end());
    for (let i = 1; i <= REQUESTS; i++) {
      const answer = await fetch(`http://${ready.listen}/item/${i}`);
      assert.equal(await answer.text(), `you asked /item/${i}`);
    }
    assert.deepEqual(Object.keys(ready.pids), roles(shape));
    for (const [role, address] of Object.entries(ready.metrics)) {
      assert.equal(await counted(address), REQUESTS, role);
    }
    const processes = descendantsOf(child.pid!);
    for (const pid of Object.values(ready.pids)) {
      assert.ok(processes.some((one) => one.pid === pid));
    }
    child.kill("SIGTERM");
    assert.deepEqual(await once(child, "exit"), [0, null]);
    await untilAllEnded(processes, 5_000);
  });
}

test("a pair rig carries HTTP/2 to a backend that speaks it, and bytes", async (t) => {
  const http2 = createHttp2();
  http2.on("stream", (stream: ServerHttp2Stream) =>
    stream.respond({ ":status": 200 }, { endStream: true }),
  );
  const spoken = await startRig(t, await listening(t, http2), ["--protocol", "http2"]);
  const session = connect(`http://${spoken.ready.listen}`);
  const stream = session.request({ ":path": "/" });
  const [head] = await once(stream, "response");
  assert.equal(head[":status"], 200);
  session.destroy();

  const echo = createTcp((socket) => socket.pipe(socket));
  const raw = await startRig(t, await listening(t, echo), ["--protocol", "tcp"]);
  const socket = connectTo(raw.ready.listen);
  socket.end("neither HTTP nor anything");
  assert.equal(await text(socket), "neither HTTP nor anything");
});

test("without telemetry nothing is counted, and documents may be added", async (t) => {
  const backend = await listening(
    t,
    createServer((_, response) => response.end("ok")),
  );
  const { ready } = await startRig(t, backend, ["--shape", "plain", "--telemetry", "off"]);
  assert.equal(await (await fetch(`http://${ready.listen}/`)).text(), "ok");
  assert.equal(await counted(ready.metrics["proxy"]!), 0);
});

test("what can't be is told in a sentence", async (t) => {
  const taken = await listening(t, createTcp());
  const ask = (...args: string[]) => runWeft(["bench", "rig", ...args]);
  const free = ["--listen", "127.0.0.1:0"];
  const cases = [
    [["--shape", "pair", ...free, "--backend", "nowhere"], 2, /an address is like/],
    [["--shape", "none", ...free, "--backend", "127.0.0.1:1"], 2, /plain, pair/],
    [[...free, "--backend", "127.0.0.1:1"], 2, /--shape is missing/],
    [
      ["--shape", "plain", ...free, "--backend", "127.0.0.1:1", "--protocol", "tcp"].concat(
        "--backend-protocol",
        "http1",
      ),
      2,
      /bytes stay bytes/,
    ],
    [["--shape", "plain", "--listen", taken, "--backend", taken], 1, /Cannot listen on .*listens/],
  ] as const;
  for (const [args, code, said] of cases) {
    const result = await ask(...args);
    assert.equal(result.code, code, result.error);
    assert.match(result.error, said);
  }
});

async function startRig(t: TestContext, backend: string, more: readonly string[]) {
  const shape = more.includes("--shape") ? [] : ["--shape", "pair"];
  const args = ["bench", "rig", "--backend", backend, "--listen", "127.0.0.1:0"];
  const child: ChildProcess = spawn(WEFT, [...args, ...shape, ...more], {
    env: weftEnvironment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGTERM"));
  const [line] = await once(child.stdout!.setEncoding("utf8"), "data");
  return { child, ready: JSON.parse(line) as RigReady };
}

type Listening = {
  listen(port: number, address: string, then: () => void): unknown;
  address(): AddressInfo | string | null;
  close(): unknown;
};

function listening(t: TestContext, backend: Listening): Promise<string> {
  t.after(() => backend.close());
  return new Promise((resolve) => {
    backend.listen(0, "127.0.0.1", () => {
      resolve(`127.0.0.1:${(backend.address() as AddressInfo).port}`);
    });
  });
}

function connectTo(listen: string): Socket {
  const [address = "", port] = listen.split(":");
  return createConnection(Number(port), address);
}

function roles(shape: string): readonly string[] {
  return shape === "plain" ? ["proxy"] : ["outbound", "inbound"];
}

async function counted(address: string): Promise<number> {
  const metrics = await (await fetch(`http://${address}/metrics`)).text();
  const lines = metrics.split("\n").filter((line) => line.startsWith("istio_requests_total{"));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
