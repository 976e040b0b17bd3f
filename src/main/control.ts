// `weft control`: the control plane of a mesh on one machine. Started by `weft up`, which tells it
// where the documents are over descriptor 3.

import { enableCompileCache } from "node:module";

enableCompileCache();

const { runControl } = await import("./run-control.ts");
runControl();
