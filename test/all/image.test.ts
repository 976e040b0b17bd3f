// The image as a whole; that it runs is tested where it runs, in test/kubernetes/image-cases.ts.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";

const MB = 1e6;
const UNPACKED_MAX = 150 * MB;
const COMPRESSED_MAX = 60 * MB;

const folder = mkdtempSync(join(tmpdir(), "weft-image-test-"));
const archives = ["a.tar", "b.tar"].map((name) => join(folder, name));

before(() => {
  const packages = spawnSync("sh", ["test/kubernetes/kit/packages.sh"], { stdio: "inherit" });
  assert.equal(packages.status, 0);
  for (const archive of archives) {
    const { status } = spawnSync(process.execPath, ["tools/image.ts", archive]);
    assert.equal(status, 0);
  }
});
after(() => rmSync(folder, { recursive: true }));

test("the image is smaller than 150 MB, and than 60 MB compressed", (t) => {
  const archive = readFileSync(archives[0]!);
  const compressed = gzipSync(archive).length;
  t.diagnostic(`${archive.length} bytes, ${compressed} compressed`);
  assert.ok(archive.length < UNPACKED_MAX, `${archive.length} bytes`);
  assert.ok(compressed < COMPRESSED_MAX, `${compressed} bytes compressed`);
});

test("made twice, the image differs in nothing but the compile cache", () => {
  const [one, other] = archives.map((archive) => {
    const { stdout } = spawnSync("tar", ["xOf", archive, "manifest.json"], { encoding: "utf8" });
    const [{ Layers: layers, RepoTags: names }] = JSON.parse(stdout);
    return { names, lower: layers.slice(0, -1), count: layers.length };
  });
  assert.equal(one!.count, 3);
  assert.deepEqual(one, other);
});
