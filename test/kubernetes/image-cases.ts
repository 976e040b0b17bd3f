// Weft's image where it has to run: without root, without a shell, on a root that can't be written.

import assert from "node:assert/strict";
import type { Cluster } from "./cluster.ts";
import type { ClusterCase } from "./cluster-case.ts";
import { importWeftImage, weftImage } from "./images.ts";

const RESTRICTED = {
  runAsNonRoot: true,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};
const INIT = {
  runAsUser: 0,
  runAsGroup: 0,
  readOnlyRootFilesystem: true,
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"], add: ["NET_ADMIN", "NET_RAW"] },
};
// Whether each module that a process loads comes from the compile cache.
const CACHED = `
const { getCompileCacheDir } = require("node:module");
import("/weft/dist/main/run-proxy.js").then(() => {
  process.stdout.write(JSON.stringify({ uid: process.getuid(), cache: getCompileCacheDir() }));
  process.exit(0);
});`;

export const imageCases: readonly ClusterCase[] = [
  {
    name: "the image runs the command line as user 1337 on a root that can't be written",
    async run(cluster) {
      const printed = await runPod(cluster, "image-cli", RESTRICTED, ["weft", "version"]);
      assert.match(printed, /^weft \d+\.\d+\.\d+/i);
    },
  },
  {
    name: "the image's proxy loads as user 1337, from the compile cache in the image",
    async run(cluster) {
      const command = ["node", "--eval", CACHED];
      const printed = await runPod(cluster, "image-proxy", RESTRICTED, command);
      const { uid, cache } = JSON.parse(printed);
      assert.equal(uid, 1337);
      assert.match(cache, /^\/weft\/compile-cache\/v26/);
      const environment = { NODE_DEBUG_NATIVE: "COMPILE_CACHE" };
      const told = await runPod(cluster, "image-cache", RESTRICTED, command, environment);
      assert.match(told, /run-proxy\.js.*was accepted/);
    },
  },
  {
    name: "the image has iptables for both families, which work with NET_ADMIN alone",
    async run(cluster) {
      for (const family of ["iptables", "ip6tables"]) {
        const rules = [
          "-t",
          "nat",
          "-A",
          "OUTPUT",
          "-p",
          "tcp",
          "-m",
          "owner",
          "--uid-owner",
          "1337",
        ];
        const target = ["-j", "REDIRECT", "--to-ports", "15001"];
        const program = `/usr/sbin/${family}`;
        await runPod(cluster, `image-${family}`, INIT, [program, "-w", ...rules, ...target]);
      }
    },
  },
];

// What a container of the image prints until it ends well.
async function runPod(
  cluster: Cluster,
  name: string,
  securityContext: object,
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  await importWeftImage(cluster);
  const env = Object.entries(environment).map(([key, value]) => ({ name: key, value }));
  const container = { name: "main", image: weftImage(), command, env, securityContext };
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "default" },
    spec: { restartPolicy: "Never", containers: [container] },
  };
  await cluster.apply([pod]);
  const phase = "{.status.phase}";
  const wait = ["wait", `pod/${name}`, `--for=jsonpath=${phase}=Succeeded`, "--timeout=60s"];
  await cluster.kubectl(wait).catch(async (error: Error) => {
    const logs = await cluster.logs("default", name, "main").catch(() => "");
    throw new Error(`${error.message}\n${logs}\n${await cluster.describePods("default")}`);
  });
  const printed = await cluster.logs("default", name, "main");
  await cluster.kubectl(["delete", "pod", name, "--wait=false"]);
  return printed;
}
