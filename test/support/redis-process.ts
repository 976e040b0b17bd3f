// A real Redis of the test's own, on loopback, which keeps nothing on the disk.

import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { eventually } from "#local/testing/eventually.ts";

const LOOPBACK = "127.0.0.1";

export function installRedis(): void {
  const { status } = spawnSync("sh", ["tools/setup-redis.sh"], { stdio: "inherit" });
  assert.equal(status, 0, "Redis cannot be installed");
}

// Accepts connections when this resolves.
export async function startRedis(port: number): Promise<ChildProcess> {
  const where = ["--bind", LOOPBACK, "--port", String(port), "--dir", tmpdir()];
  const nothingKept = ["--save", "", "--appendonly", "no"];
  const child = spawn("/usr/bin/redis-server", [...where, ...nothingKept], { stdio: "ignore" });
  await eventually("Redis accepts", () => accepts(port));
  return child;
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, LOOPBACK);
    socket.on("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.on("error", () => resolve(false));
  });
}
