// The `weft` command.

import { enableCompileCache } from "node:module";

enableCompileCache();

const { runWeft } = await import("./run-weft.ts");
const { systemSurroundings } = await import("./system-surroundings.ts");
await runWeft(process.argv.slice(2), systemSurroundings());
