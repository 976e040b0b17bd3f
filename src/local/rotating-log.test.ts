import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ProcessLog } from "./process-log.ts";
import { RotatingLog } from "./rotating-log.ts";
import { temporaryFolder } from "./testing/temporary-folder.ts";

test("a full log is kept once and begun anew", (t) => {
  const folder = temporaryFolder(t);
  const path = join(folder, "web.log");
  const log = new RotatingLog({ path, bytesMax: 10, complain: assert.fail });
  for (const line of ["1111\n", "2222\n", "3333\n", "4444\n", "5555\n"]) {
    log.write(Buffer.from(line));
  }
  log.close();
  assert.deepEqual(readdirSync(folder).sort(), ["web.log", "web.log.1"]);
  assert.equal(readFileSync(path, "utf8"), "5555\n");
  assert.equal(readFileSync(`${path}.1`, "utf8"), "3333\n4444\n");
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("a full disk loses lines and says so once", { skip: process.platform !== "linux" }, (t) => {
  const path = join(temporaryFolder(t), "web.log");
  symlinkSync("/dev/full", path);
  const complaints: string[] = [];
  const log = new RotatingLog({
    path,
    bytesMax: 1000,
    complain: (sentence) => void complaints.push(sentence),
  });
  for (let i = 0; i < 3; i++) log.write(Buffer.from("lost\n"));
  log.close();
  const [complaint = ""] = complaints;
  assert.equal(complaints.length, 1);
  assert.match(complaint, /web\.log: the disk is full \(ENOSPC\)/);
});

test("a log remembers its last lines, whole and not too long", (t) => {
  const log = new ProcessLog(join(temporaryFolder(t), "web.log"), assert.fail);
  for (let i = 0; i < 100; i++) log.write(Buffer.from(`line ${i}\n`));
  log.write(Buffer.from("no newline"));
  log.close();
  assert.equal(log.lastLines().length, 10);
  assert.equal(log.lastLines().at(-1), "no newline");
  assert.equal(log.lastLines().at(-2), "line 99");
});
