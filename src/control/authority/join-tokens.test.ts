import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { FakeClock } from "#base/fake-clock.ts";
import { type FileSystem, systemFiles } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import { silentLog } from "#base/log.ts";
import { JoinTokens } from "./join-tokens.ts";

const CART = { namespace: "shop", workload: "cart-v1", serviceAccount: "cart" };
const ACCEPTED = { kind: "accepted", ...CART };

test("a token joins the workload that it was issued for", (t) => {
  const tokens = tokensIn(folderFor(t));
  assert.deepEqual(tokens.redeem(issued(tokens), "key"), ACCEPTED);
});

test("a token answers its first key again, and no other key ever", (t) => {
  const tokens = tokensIn(folderFor(t));
  const token = issued(tokens);
  assert.deepEqual(tokens.redeem(token, "key"), ACCEPTED);
  assert.deepEqual(tokens.redeem(token, "key"), ACCEPTED);
  assert.match(refusal(tokens, token, "thief"), /used by another key/);
  assert.deepEqual(tokens.redeem(token, "key"), ACCEPTED);
});

test("a token lives for ten minutes, used or not", (t) => {
  const clock = new FakeClock();
  const tokens = tokensIn(folderFor(t), clock);
  const [used, unused] = [issued(tokens), issued(tokens)];
  clock.advance(599_999);
  assert.deepEqual(tokens.redeem(used, "key"), ACCEPTED);
  clock.advance(1);
  assert.match(refusal(tokens, used, "key"), /unknown or has expired/);
  assert.match(refusal(tokens, unused, "key"), /unknown or has expired/);
});

test("what isn't a token is refused", (t) => {
  const tokens = tokensIn(folderFor(t));
  const token = issued(tokens);
  for (const wrong of ["", "x", `${token}x`, token.slice(1), "x".repeat(43), "y".repeat(1e6)]) {
    assert.match(refusal(tokens, wrong, "key"), /unknown or has expired/);
  }
});

test("tokens and the keys that they belong to survive a restart, as hashes only", (t) => {
  const folder = folderFor(t);
  const before = tokensIn(folder);
  const [used, unused] = [issued(before), issued(before)];
  before.redeem(used, "key");
  const text = readFileSync(join(folder, "join-tokens.json"), "utf8");
  assert.ok(!text.includes(used) && !text.includes(unused));
  assert.equal(statSync(join(folder, "join-tokens.json")).mode & 0o777, 0o600);
  const after = tokensIn(folder);
  assert.match(refusal(after, used, "thief"), /used by another key/);
  assert.deepEqual(after.redeem(used, "key"), ACCEPTED);
  assert.deepEqual(after.redeem(unused, "other"), ACCEPTED);
});

test("tokens that are damaged on disk are void, and new ones are issued", (t) => {
  const folder = folderFor(t);
  const token = issued(tokensIn(folder));
  const path = join(folder, "join-tokens.json");
  const text = readFileSync(path, "utf8");
  for (const damaged of ["", text.slice(1), "{}", "[null]", '[{"hash":1}]']) {
    writeFileSync(path, damaged);
    const tokens = tokensIn(folder);
    assert.equal(tokens.outstanding, 0);
    assert.match(refusal(tokens, token, "key"), /unknown/);
    assert.deepEqual(tokens.redeem(issued(tokens), "key"), ACCEPTED);
  }
});

test("a token that can't be written down is not issued, and not accepted either", (t) => {
  const disk = fillingDisk();
  const tokens = tokensIn(folderFor(t), new FakeClock(), disk.files);
  const token = issued(tokens);
  disk.isFull = true;
  const issue = tokens.issue(CART);
  assert.equal(issue.kind, "refused");
  assert.match(issue.reason, /Cannot write "[^"]+": ENOSPC/);
  assert.match(refusal(tokens, token, "key"), /ENOSPC/);
  disk.isFull = false;
  assert.deepEqual(tokens.redeem(token, "other"), ACCEPTED);
});

test("the tokens outstanding have a limit, and expiry makes room", (t) => {
  const clock = new FakeClock();
  const kept = new Map<string, string>();
  const files = { ...systemFiles, write: (path: string, text: string) => kept.set(path, text) };
  const tokens = tokensIn(folderFor(t), clock, files);
  for (let i = 0; i < LIMITS.joinTokensMax; i++) issued(tokens);
  const issue = tokens.issue(CART);
  assert.equal(issue.kind, "refused");
  assert.match(issue.reason, /1024 tokens are outstanding/);
  clock.advance(LIMITS.joinTokenLifeMs);
  issued(tokens);
  assert.equal(tokens.outstanding, 1);
});

function fillingDisk() {
  const disk = { isFull: false, files: systemFiles };
  const write: FileSystem["write"] = (path, text, mode) => {
    if (disk.isFull) throw new Error("ENOSPC: no space left on device");
    systemFiles.write(path, text, mode);
  };
  disk.files = { ...systemFiles, write };
  return disk;
}

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "weft-tokens-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function tokensIn(folder: string, clock = new FakeClock(), files = systemFiles): JoinTokens {
  return new JoinTokens({ clock, files, folder, log: silentLog });
}

function issued(tokens: JoinTokens): string {
  const issue = tokens.issue(CART);
  assert.equal(issue.kind, "issued");
  assert.match(issue.token, /^[\w-]{43}$/);
  return issue.token;
}

function refusal(tokens: JoinTokens, token: string, key: string): string {
  const redemption = tokens.redeem(token, key);
  assert.equal(redemption.kind, "refused");
  return redemption.reason;
}
