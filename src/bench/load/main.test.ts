import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import type { LoadResult } from "./load-result.ts";

const MAIN = join(import.meta.dirname, "main.ts");

test("the process prints one line of JSON at its end", async () => {
  await using target = await listen();
  const { code, out } = await start(["--target", target.url, "--requests", "20", "--json"]).ended;
  const result: LoadResult = JSON.parse(out);
  assert.deepEqual([code, result.requests, result.statuses], [0, 20, [[200, 20]]]);
});

test("a load without an end ends on SIGTERM, with its result", async () => {
  await using target = await listen();
  const args = ["--target-env", "TARGET_URL", "--rate", "100", "--duration", "0", "--json"];
  const load = start(args, { TARGET_URL: target.url });
  await once(target.listener, "request");
  load.child.kill("SIGTERM");
  const { code, out } = await load.ended;
  const result: LoadResult = JSON.parse(out);
  assert.equal(code, 0);
  assert.equal(result.loop, "open");
});

test("a wrong argument is refused with what would be right", async () => {
  const cases = [
    [["--json"], /--target http:/],
    [["--target", "http://127.0.0.1:1", "--mix", "x"], /single, paths, untraced, bookshop/],
    [["--target", "http://127.0.0.1:1", "--rate", "fast"], /--rate "fast"/],
  ] as const;
  const ended = await Promise.all(cases.map(([args]) => start([...args]).ended));
  for (const [i, { code, error }] of ended.entries()) {
    assert.equal(code, 2);
    assert.match(error, cases[i]![1]);
  }
});

function start(args: string[], environment: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { ...process.env, ...environment },
  });
  let out = "";
  let error = "";
  child.stdout.on("data", (bytes) => (out += bytes));
  child.stderr.on("data", (bytes) => (error += bytes));
  const ended = once(child, "close").then(([code]) => ({ code, out, error }));
  return { child, ended };
}

async function listen() {
  const listener = createServer((_, response) => response.end("x"));
  await once(listener.listen(0, "127.0.0.1"), "listening");
  return {
    listener,
    url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: async () => {
      listener.closeAllConnections();
      await new Promise((resolve) => listener.close(resolve));
    },
  };
}
