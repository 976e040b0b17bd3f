// Scripted children in place of the real ones.

import { join } from "node:path";
import type { Executables } from "#local/executables.ts";

export const SCRIPTED: Executables = {
  control: [process.execPath, join(import.meta.dirname, "scripted-control.ts")],
  proxy: [process.execPath, join(import.meta.dirname, "scripted-proxy.ts")],
};
