// Puts the modules of the proxy, as emitted into a folder, together into the one that is loaded, and
// into those that only a gateway loads. `node tools/bundle-proxy.ts FOLDER`.
//
// Made of 230 modules, a sidecar has 5 MB more of anonymous memory when it is idle, and takes two
// thirds more processor time until it is ready: docs/reference/performance-notes.md. Names and
// comments stay as they are.

import { join, resolve } from "node:path";
import { build } from "vite";

const main = resolve(process.argv[2] ?? "dist", "main");

await build({
  configFile: false,
  publicDir: false,
  logLevel: "warn",
  build: {
    ssr: join(main, "run-proxy.js"),
    target: "esnext",
    minify: false,
    outDir: main,
    emptyOutDir: false,
    rolldownOptions: { output: { entryFileNames: "[name].js", chunkFileNames: "[name].js" } },
  },
});
