import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import {
  globSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { FileTree } from "./image/file-tree.ts";
import { tarOfTree } from "./image/tar.ts";
import { weftTree } from "./image/weft-layer.ts";
import { withoutSections } from "./image/without-sections.ts";

function temporaryFolder(t: { after(done: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "weft-image-test-"));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("a program without its sections is a fifth smaller and runs", (t) => {
  const program = join(temporaryFolder(t), "node");
  const whole = readFileSync(realpathSync(process.execPath));
  const stripped = withoutSections(whole);
  assert.ok(stripped.length < 0.8 * whole.length, `${stripped.length} of ${whole.length} bytes`);
  writeFileSync(program, stripped, { mode: 0o755 });
  const { stdout, status } = spawnSync(program, ["-p", "new URL('http://a/b').pathname"]);
  assert.deepEqual([String(stdout), status], ["/b\n", 0]);
});

test("what isn't a program of this kind is refused", () => {
  assert.throws(() => withoutSections(Buffer.from("#!/bin/sh")), /not a 64-bit ELF program/);
});

test("tar unpacks what a tree held: files, programs, links, folders, long paths", (t) => {
  const long = `/weft/${"folder/".repeat(20)}file.js`;
  const tree = new FileTree();
  tree.file("/etc/passwd", "root\n");
  tree.file("/bin/run", "#!/bin/sh\necho ran\n", true);
  tree.link("/bin/also", "run");
  tree.folder("/tmp", 0o1777);
  tree.file(long, "long");
  const folder = temporaryFolder(t);
  writeFileSync(join(folder, "layer.tar"), tarOfTree(tree));
  const { status } = spawnSync("tar", ["xpf", "layer.tar"], { cwd: folder, stdio: "inherit" });
  assert.equal(status, 0);
  assert.equal(readFileSync(join(folder, "etc/passwd"), "utf8"), "root\n");
  assert.equal(String(spawnSync(join(folder, "bin/also")).stdout), "ran\n");
  assert.equal(statSync(join(folder, "tmp")).mode & 0o7777, 0o1777);
  assert.equal(readFileSync(join(folder, long), "utf8"), "long");
});

test("a path or link that tar can't hold is refused", () => {
  const tree = new FileTree();
  tree.file(`/${"a".repeat(101)}`, "");
  assert.throws(() => tarOfTree(tree), /too long for a tar archive/);
  const links = new FileTree();
  links.link("/a", "b".repeat(101));
  assert.throws(() => tarOfTree(links), /too long for a link/);
});

test("an image has no development dependency, and all that Weft depends on", () => {
  const paths = weftTree()
    .entries()
    .map(([path]) => path);
  const { dependencies, devDependencies } = JSON.parse(readFileSync("package.json", "utf8"));
  const has = (name: string) => paths.includes(`/weft/node_modules/${name}/package.json`);
  assert.deepEqual(
    Object.keys(dependencies).filter((name) => !has(name)),
    [],
  );
  assert.deepEqual(Object.keys(devDependencies).filter(has), []);
});

test("the bookshop's manifests name the images of this version", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const manifests = globSync("examples/bookshop/kubernetes/*.yaml")
    .map((file) => readFileSync(file, "utf8"))
    .join("");
  const images = new Set([...manifests.matchAll(/image: (\S+)/g)].map(([, image]) => image));
  assert.deepEqual([...images].sort(), [
    `weft.dev/bookshop:${version}`,
    `weft.dev/weft:${version}`,
  ]);
});
