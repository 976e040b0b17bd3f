// The control plane of a mesh of pods: one replica of the Deployment `weft-control`.

import { enableCompileCache } from "node:module";

enableCompileCache();

const { runClusterControl } = await import("./run-cluster-control.ts");
runClusterControl();
