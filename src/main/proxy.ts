// `weft proxy`: the data plane beside one workload. Started by a supervisor, which tells it who it
// is over descriptor 3.

import { enableCompileCache } from "node:module";

enableCompileCache();

const { runProxy } = await import("./run-proxy.ts");
runProxy();
