import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type TestContext, test } from "node:test";
import { systemFiles } from "#base/file-system.ts";
import { processStart } from "./process-start.ts";
import { bootId, reapLeftovers } from "./reap.ts";
import { StateFolder } from "./state-folder.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

const SKIP = { skip: process.platform !== "linux" };

test("a recorded process is ended, and killed where it won't end", SKIP, async (t) => {
  const folder = stateIn(temporaryFolder(t));
  const gentle = await startScript(t, "sleep 300");
  const stubborn = await startScript(t, "trap '' TERM; echo up; while :; do sleep 0.1; done");
  record(folder, [gentle, stubborn]);
  const exits = Promise.all([gentle, stubborn].map((child) => once(child, "exit")));
  const reaped = await reapLeftovers(folder, { graceMs: 300 });
  assert.equal(reaped.length, 2);
  // The kernel knows before we are told.
  await exits;
  assert.deepEqual([gentle.signalCode, stubborn.signalCode], ["SIGTERM", "SIGKILL"]);
});

test("a process that only has a recorded number is left alone", SKIP, async (t) => {
  const folder = stateIn(temporaryFolder(t));
  const other = await startScript(t, "sleep 300");
  const record = { pid: other.pid!, startTime: "1", name: "web" };
  folder.writeProcesses({ boot: bootId(), processes: [record] });
  assert.deepEqual(await reapLeftovers(folder, { graceMs: 300 }), []);
  assert.equal(processStart(other.pid!) === "", false);
});

test("records of an earlier boot, or torn ones, name nobody", SKIP, async (t) => {
  const folder = stateIn(temporaryFolder(t));
  const other = await startScript(t, "sleep 300");
  const record = { pid: other.pid!, startTime: processStart(other.pid!), name: "web" };
  folder.writeProcesses({ boot: "another", processes: [record] });
  assert.deepEqual(await reapLeftovers(folder, { graceMs: 300 }), []);
  systemFiles.write(`${folder.path}/processes.json`, '{"boot": "', 0o600);
  assert.deepEqual(await reapLeftovers(folder, { graceMs: 300 }), []);
});

function record(folder: StateFolder, children: readonly ChildProcess[]): void {
  const processes = children.map(({ pid }) => ({
    pid: pid!,
    startTime: processStart(pid!),
    name: "test",
  }));
  folder.writeProcesses({ boot: bootId(), processes });
}

async function startScript(t: TestContext, script: string): Promise<ChildProcess> {
  const command = script.includes("echo up") ? script : `echo up; ${script}`;
  const child = spawn("sh", ["-c", command], {
    detached: true,
    stdio: ["ignore", "pipe", "ignore"],
  });
  t.after(() => {
    try {
      process.kill(-child.pid!, "SIGKILL");
    } catch {
      // Ended, as it should.
    }
    child.stdout.destroy();
  });
  await once(child.stdout, "data");
  return child;
}

function stateIn(parent: string): StateFolder {
  const folder = new StateFolder(systemFiles, parent);
  folder.make();
  return folder;
}
