import assert from "node:assert/strict";
import { test } from "node:test";
import { hashRing } from "./hash-ring.ts";
import { hashText } from "./hash-text.ts";
import { maglevTable } from "./maglev-table.ts";
import { locate, type OwnerTable } from "./owner-table.ts";

const REQUESTS = 20_000;

const TABLES = [
  ["a ring", (keys: readonly string[]) => hashRing(keys, 1024)],
  ["a Maglev table", (keys: readonly string[]) => maglevTable(keys, 65_537)],
] as const;

for (const [name, build] of TABLES) {
  test(`${name} gives each endpoint about its share`, () => {
    const owners = ownersOf(build(names(5)), names(5));
    for (const key of names(5)) {
      const share = owners.filter((owner) => owner === key).length / REQUESTS;
      assert.ok(share > 0.15 && share < 0.25, `${key}: ${share}`);
    }
  });

  test(`${name} moves hardly more than a share when an endpoint comes or goes`, () => {
    for (const count of [3, 4, 7, 8, 15, 16]) {
      const before = ownersOf(build(names(count)), names(count));
      const after = ownersOf(build(names(count + 1)), names(count + 1));
      const moved = before.filter((owner, i) => owner !== after[i]).length / REQUESTS;
      const most = 1 / (count + 1) + 0.06;
      assert.ok(moved > 0 && moved <= most, `${count}: ${moved} > ${most}`);
    }
  });

  test(`${name} does not depend on the order of endpoints`, () => {
    const turned = [...names(6)].reverse();
    const some = ownersOf(build(names(6)), names(6));
    const others = ownersOf(build(turned), turned);
    const differ = some.filter((owner, i) => owner !== others[i]).length / REQUESTS;
    assert.ok(differ < 0.02, `${differ}`);
  });

  test(`${name} of one endpoint is all its own`, () => {
    assert.deepEqual([...new Set(build(["a"]).owners)], [0]);
  });
}

test("a table with fewer slots than endpoints is full, and ends", () => {
  assert.deepEqual([...maglevTable(names(5), 3).owners].sort().length, 3);
  assert.equal(maglevTable(names(5), 2).owners.length, 2);
});

function names(count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `127.64.0.${i + 1}:15008`);
}

function ownersOf(table: OwnerTable, keys: readonly string[]): readonly string[] {
  return Array.from({ length: REQUESTS }, (_, i) => {
    return keys[table.owners[locate(table, hashText(`user-${i}`))]!]!;
  });
}
