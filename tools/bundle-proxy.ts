// Puts the modules of the proxy, as emitted into a folder, together into one for each of its two
// entries (beside an application, in a pod), the one that both share, and those that only a gateway
// or only an intercepting proxy loads. `node tools/bundle-proxy.ts FOLDER`.
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
    ssr: true,
    target: "esnext",
    minify: false,
    outDir: main,
    emptyOutDir: false,
    rolldownOptions: {
      input: ["run-proxy", "run-pod-proxy"].map((name) => join(main, `${name}.js`)),
      output: { entryFileNames: "[name].js", chunkFileNames: "proxy-[name].js" },
    },
  },
});
