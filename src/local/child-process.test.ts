import assert from "node:assert/strict";
import { connect } from "node:net";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as wait } from "node:timers/promises";
import { ChildProcess, type ChildProcessOptions } from "./child-process.ts";
import { isRunning } from "./is-running.ts";
import { bindListener, type Listener } from "./listener.ts";
import type { ProcessExit } from "./process-exit.ts";
import { ProcessLog } from "./process-log.ts";
import { processStart } from "./process-start.ts";
import { eventually } from "./testing/eventually.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const LIFELINE = `
  const { Socket } = require("node:net");
  const lifeline = new Socket({ fd: 3, readable: true, writable: true });
  lifeline.on("end", () => process.exit(0));
`;

test("a child answers over its lifeline, and ends when that closes", async (t) => {
  const { child, messages } = start(t, `${LIFELINE} lifeline.pipe(lifeline, { end: false })`);
  child.send({ hello: "wörld" });
  await eventually("an answer", () => messages.length === 1);
  assert.deepEqual(messages, [{ hello: "wörld" }]);
});

test("a child inherits its standard streams, its lifeline, its listeners and nothing else", {
  skip: process.platform !== "linux",
}, async (t) => {
  const mine = listener(t);
  const others = listener(t);
  start(t, LIFELINE, { descriptors: [others.descriptor] });
  const { messages } = start(
    t,
    `${LIFELINE}
    const fs = require("node:fs");
    const links = fs.readdirSync("/proc/self/fd").map((fd) => {
      try { return fs.readlinkSync("/proc/self/fd/" + fd); } catch { return ""; }
    });
    const sockets = links.filter((link) => link.startsWith("socket:")).length;
    lifeline.write(JSON.stringify({ sockets }) + "\\n")`,
    { descriptors: [mine.descriptor] },
  );
  await eventually("an answer", () => messages.length === 1);
  // Standard output and error, the lifeline, the one listener.
  assert.deepEqual(messages, [{ sockets: 4 }]);
});

test("connections wait for the next child while the listener outlives one", async (t) => {
  const kept = listener(t);
  const serve = `${LIFELINE} const server = require("node:net").createServer((socket) =>
    socket.end(String(process.pid))).listen({ fd: 4 }, () => lifeline.write('"up"\\n'))`;
  const first = start(t, serve, { descriptors: [kept.descriptor] });
  await eventually("the first to listen", () => first.messages.length === 1);
  assert.equal(await readFrom(kept), String(first.child.pid));
  first.child.signal("SIGKILL");
  await first.child.ended;
  const waiting = readFrom(kept);
  await wait(50);
  const second = start(t, serve, { descriptors: [kept.descriptor] });
  assert.equal(await waiting, String(second.child.pid));
});

test("a child that writes no JSON, or too much of it, is ended", async (t) => {
  for (const nonsense of ['"nonsense\\n"', "Buffer.alloc(9e6, 97)"]) {
    const { child } = start(t, `${LIFELINE} lifeline.write(${nonsense})`);
    assert.deepEqual(await child.ended, { kind: "killed", signal: "SIGKILL" });
  }
});

test("what a child started ends with it, whether it falls or is stopped", async (t) => {
  const script = "sleep 300 & echo $!; wait";
  for (const end of ["fall", "stop"] as const) {
    const { child, log } = start(t, "", { command: ["sh", "-c", script] });
    await eventually("the grandchild", () => log.lastLines().length === 1);
    const grandchild = Number(log.lastLines()[0]);
    if (end === "fall") process.kill(child.pid!, "SIGKILL");
    else await child.stop(1000);
    await eventually("the grandchild's end", () => processStart(grandchild) === "");
  }
});

test("a child that ignores SIGTERM is killed after the grace, others have time", async (t) => {
  const stubborn = start(
    t,
    `process.on("SIGTERM", () => {}); setInterval(() => {}, 1e6);
    console.log("up")`,
  );
  const tidy = start(
    t,
    `process.on("SIGTERM", () => setTimeout(() => process.exit(7), 50));
    setInterval(() => {}, 1e6); console.log("up")`,
  );
  for (const { log } of [stubborn, tidy]) {
    await eventually("a start", () => log.lastLines().length === 1);
  }
  await Promise.all([stubborn.child.stop(200), tidy.child.stop(2000)]);
  assert.deepEqual(await stubborn.child.ended, { kind: "killed", signal: "SIGKILL" });
  assert.deepEqual(await tidy.child.ended, { kind: "exited", code: 7 });
});

test("a command that does not exist is told like every other end", async (t) => {
  const { child } = start(t, "", { command: ["weft-no-such-command"] });
  const exit = await child.ended;
  assert.equal(exit.kind, "not-started");
  assert.equal(child.isRunning, false);
  await child.stop(1000);
});

test("a process is known by its number and its start", {
  skip: process.platform !== "linux",
}, () => {
  const startTime = processStart(process.pid);
  assert.match(startTime, /^\d+$/);
  assert.equal(isRunning({ pid: process.pid, startTime }), true);
  assert.equal(isRunning({ pid: process.pid, startTime: "1" }), false);
  assert.equal(isRunning({ pid: 2 ** 30, startTime }), false);
});

type Started = {
  readonly child: ChildProcess;
  readonly log: ProcessLog;
  readonly messages: unknown[];
  readonly exits: ProcessExit[];
};

function start(t: TestContext, code: string, other: Partial<ChildProcessOptions> = {}): Started {
  const log = new ProcessLog(join(temporaryFolder(t), "log"), assert.fail);
  const messages: unknown[] = [];
  const exits: ProcessExit[] = [];
  const child = new ChildProcess(
    {
      command: [process.execPath, "-e", code],
      folder: "/",
      environment: new Map([["PATH", process.env["PATH"] ?? ""]]),
      output: log,
      descriptors: [],
      ...other,
    },
    {
      message: (value) => void messages.push(value),
      exited: (exit) => void exits.push(exit),
    },
  );
  t.after(async () => {
    await child.stop(0);
    log.close();
    assert.equal(exits.length, 1, "an end is told exactly once");
  });
  return { child, log, messages, exits };
}

function listener(t: TestContext): Listener {
  const result = bindListener("127.0.0.1", 0);
  assert.ok(result.kind === "bound");
  t.after(() => result.listener.close());
  return result.listener;
}

function readFrom({ address, port }: Listener): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    const socket = connect(port, address);
    socket.on("data", (chunk) => {
      text += chunk;
    });
    socket.on("end", () => resolve(text));
    socket.on("error", reject);
  });
}
