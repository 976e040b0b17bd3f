// The lowest layer: Node, the few files that a system must have, and iptables for the init container.

import { existsSync, readdirSync, readFileSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import { FileTree } from "./file-tree.ts";
import { tarOfTree } from "./tar.ts";
import { withoutSections } from "./without-sections.ts";

export const NODE = "/usr/local/bin/node";
export const USER_ID = 1337;

const MULTI = ["/usr/sbin/xtables-nft-multi", "/usr/sbin/xtables-legacy-multi"] as const;
const FAMILIES = ["iptables", "ip6tables"];
const ACTIONS = ["", "-save", "-restore"];

export function systemLayer(): Buffer {
  const tree = new FileTree();
  baseFiles(tree);
  node(tree);
  iptables(tree);
  return tarOfTree(tree);
}

// Also what images of other programs stand on.
export function baseFiles(tree: FileTree): void {
  const users = [
    "root:x:0:0:root:/:/sbin/nologin",
    `weft:x:${USER_ID}:${USER_ID}:weft:/:/sbin/nologin`,
    "nobody:x:65534:65534:nobody:/:/sbin/nologin",
  ];
  tree.file("/etc/passwd", `${users.join("\n")}\n`);
  tree.file("/etc/group", `root:x:0:\nweft:x:${USER_ID}:\nnogroup:x:65534:\n`);
  tree.file("/etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
  tree.copy("/etc/ssl/certs/ca-certificates.crt");
  tree.folder("/tmp", 0o1777);
  tree.folder("/run");
}

function node(tree: FileTree): void {
  const program = realpathSync(process.execPath);
  tree.file(NODE, withoutSections(readFileSync(program)), true);
  tree.copyLibrariesOf(program);
  tree.copy(join(dirname(program), "..", "LICENSE"), "/usr/local/share/licenses/node");
}

function iptables(tree: FileTree): void {
  const [nft, legacy] = MULTI;
  const missing = MULTI.find((program) => !existsSync(program));
  if (missing !== undefined) throw new Error(`${missing} is missing: install iptables`);
  for (const program of MULTI) {
    tree.copy(program);
    tree.copyLibrariesOf(program);
  }
  for (const family of FAMILIES) {
    for (const action of ACTIONS) {
      tree.link(`/usr/sbin/${family}${action}`, nft);
      tree.link(`/usr/sbin/${family}-nft${action}`, nft);
      tree.link(`/usr/sbin/${family}-legacy${action}`, legacy);
    }
  }
  const extensions = extensionsFolder();
  for (const file of readdirSync(extensions)) {
    const path = join(extensions, file);
    const target = linkTarget(path);
    if (target !== undefined) tree.link(path, target);
    else if (/^lib(xt|ipt|ip6t)_/.test(file)) tree.copy(path);
  }
}

function extensionsFolder(): string {
  const libraries = readdirSync("/usr/lib").filter((name) => name.endsWith("-linux-gnu"));
  const folders = libraries.map((name) => `/usr/lib/${name}/xtables`).filter(existsSync);
  if (folders.length === 0) throw new Error("no extensions of iptables in /usr/lib/*/xtables");
  return folders[0]!;
}

function linkTarget(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
