// Makes the image of the bookshop's applications, as tools/image.ts makes Weft's; its lowest layer is
// the same:  node tools/bookshop-image.ts OUT.tar
//
// Needs Python for ratings and Go for shipping, which tools/prepare.sh builds.

import { readFileSync, writeFileSync } from "node:fs";
import { dockerArchive } from "./image/docker-archive.ts";
import { FileTree } from "./image/file-tree.ts";
import { copyPython } from "./image/python-tree.ts";
import { systemLayer, USER_ID } from "./image/system-layer.ts";
import { tarOfTree } from "./image/tar.ts";

const SOURCE = "examples/bookshop";
const PLACE = "/bookshop";
const RATINGS_IMPORTS = [
  "http.server",
  "json",
  "os",
  "re",
  "signal",
  "sqlite3",
  "sys",
  "threading",
];

const [out] = process.argv.slice(2);
if (out === undefined) {
  process.stderr.write("Usage: node tools/bookshop-image.ts OUT.tar\n");
  process.exit(2);
}
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const name = `weft.dev/bookshop:${version}`;
const tree = new FileTree();
tree.copyFolder(`${SOURCE}/apps`, `${PLACE}/apps`, (file) => /\.(ts|py)$/.test(file));
tree.copyFolder(`${SOURCE}/data`, `${PLACE}/data`);
tree.file(`${PLACE}/package.json`, '{ "type": "module" }\n');
tree.copy(`${SOURCE}/.build/shipping`, `${PLACE}/shipping`);
copyPython(tree, RATINGS_IMPORTS);
const archive = dockerArchive([systemLayer(), tarOfTree(tree)], {
  names: [name],
  entrypoint: [],
  folder: PLACE,
  user: `${USER_ID + 1}:${USER_ID + 1}`,
  environment: { PATH: "/usr/local/bin:/usr/bin", NODE_DISABLE_COMPILE_CACHE: "1" },
});
writeFileSync(out, archive);
process.stdout.write(`${name}: ${(archive.length / 1e6).toFixed(1)} MB in ${out}\n`);
