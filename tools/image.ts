// Makes the image of Weft for Kubernetes, without Docker:  npm run image -- OUT.tar
//
// `ctr -n k8s.io images import OUT.tar` and `docker load -i OUT.tar` take it. It is put together from
// this checkout's build and dependencies and this machine's iptables and C library: a Debian with
// `iptables` and `ca-certificates`. One image for all: control plane, proxy, init container, CLI.

import { readFileSync, writeFileSync } from "node:fs";
import { CACHE_ENVIRONMENT, compileCacheTree } from "./image/compile-cache.ts";
import { dockerArchive } from "./image/docker-archive.ts";
import { NODE, systemLayer, USER_ID } from "./image/system-layer.ts";
import { tarOfTree } from "./image/tar.ts";
import { WEFT, weftTree } from "./image/weft-layer.ts";

const MB = 1e6;

const [out] = process.argv.slice(2);
if (out === undefined) {
  process.stderr.write("Usage: npm run image -- OUT.tar\n");
  process.exit(2);
}
const { version } = JSON.parse(readFileSync("package.json", "utf8"));
const name = `weft.dev/weft:${version}`;
const weft = weftTree();
const layers = [systemLayer(), tarOfTree(weft), tarOfTree(compileCacheTree(weft))];
const archive = dockerArchive(layers, {
  names: [name],
  entrypoint: [NODE],
  command: [`${WEFT}/dist/main/weft.js`],
  user: `${USER_ID}:${USER_ID}`,
  environment: { PATH: "/usr/local/bin:/usr/sbin:/usr/bin", ...CACHE_ENVIRONMENT },
});
writeFileSync(out, archive);
process.stdout.write(`${name}: ${(archive.length / MB).toFixed(1)} MB in ${out}\n`);
