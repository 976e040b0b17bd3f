// Brings a pod's connections to its proxy, then ends. Runs as root in an init container, in the
// network namespace of its pod; `--check` proves what is there and changes nothing.

import { enableCompileCache } from "node:module";

enableCompileCache();

const { runPodInit } = await import("./run-pod-init.ts");
process.exitCode = await runPodInit(process.argv.slice(2), process.env, (text) => {
  process.stdout.write(`${text}\n`);
});
