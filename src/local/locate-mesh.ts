// Where the running mesh keeps its state: --mesh DIR, then $WEFT_MESH, then upwards from here.

import { dirname, join, resolve } from "node:path";
import { MESH_FILES } from "#api/mesh-file.ts";
import { systemFiles } from "#base/file-system.ts";
import { StateFolder } from "./state-folder.ts";

export function locateMesh(flag: string | undefined): StateFolder | undefined {
  const named = flag ?? process.env["WEFT_MESH"];
  if (named !== undefined) return stateIn(resolve(named));
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    const state = stateIn(folder);
    if (state || folder === dirname(folder)) return state;
  }
}

function stateIn(folder: string): StateFolder | undefined {
  const state = join(folder, MESH_FILES.folder);
  return systemFiles.isFolder(state) ? new StateFolder(systemFiles, folder) : undefined;
}
