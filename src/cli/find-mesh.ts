// Finds a mesh that runs on this machine: --mesh DIR, then $WEFT_MESH, then upwards from the
// working directory, the first folder with `.weft/mesh.json`.

import { dirname, join, resolve } from "node:path";
import type { Answer } from "#api/answer.ts";
import type { ApiError } from "#api/api-error.ts";
import { MESH_FILES, type MeshFile } from "#api/mesh-file.ts";
import type { FileSystem } from "#base/file-system.ts";

export type FindMeshOptions = {
  readonly files: FileSystem;
  readonly workingFolder: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly mesh: string | undefined; // --mesh
};

export type FoundMesh = MeshFile & {
  readonly folder: string; // .weft
  readonly token: string;
};

const LEVELS_MAX = 64;

export function findMesh(options: FindMeshOptions): Answer<FoundMesh> {
  const { files, workingFolder, environment } = options;
  const named = options.mesh ?? environment["WEFT_MESH"];
  const parents = named === undefined ? upwards(workingFolder) : [resolve(workingFolder, named)];
  for (const parent of parents) {
    const folder = join(parent, MESH_FILES.folder);
    const text = files.read(join(folder, MESH_FILES.mesh));
    if (text !== undefined) return readMesh(files, folder, text);
  }
  const where = named === undefined ? `in ${workingFolder} or above it` : `in ${parents[0]}`;
  return missing(
    `Cannot find a running mesh ${where}: there is no ${MESH_FILES.folder}/${MESH_FILES.mesh}`,
    "Start one with `weft up`, or name its folder with --mesh DIR",
  );
}

function readMesh(files: FileSystem, folder: string, text: string): Answer<FoundMesh> {
  const path = join(folder, MESH_FILES.mesh);
  const mesh = meshOf(text);
  if (!mesh) {
    const found = `Cannot read ${path}: must be JSON with pid and adminUrl`;
    return missing(found, "Run `weft up` again: it writes the file anew");
  }
  const { writeToken, readToken } = MESH_FILES;
  const token = files.read(join(folder, writeToken)) ?? files.read(join(folder, readToken));
  if (token === undefined) {
    const found = `Cannot ask the mesh in ${folder}: there is no ${writeToken} beside mesh.json`;
    return missing(found, "Run `weft up` again: its control plane makes one");
  }
  return { kind: "ok", value: { ...mesh, folder, token: token.trim() } };
}

function meshOf(text: string): MeshFile | undefined {
  try {
    const { pid, adminUrl } = JSON.parse(text) as Partial<MeshFile>;
    if (typeof pid !== "number" || typeof adminUrl !== "string") return undefined;
    return URL.canParse(adminUrl) ? { pid, adminUrl } : undefined;
  } catch {
    return undefined;
  }
}

function upwards(folder: string): readonly string[] {
  const folders = [resolve(folder)];
  for (let i = 0; i < LEVELS_MAX; i++) {
    const parent = dirname(folders.at(-1)!);
    if (parent === folders.at(-1)) break;
    folders.push(parent);
  }
  return folders;
}

function missing(message: string, remedy: string): Answer<never> {
  const error: ApiError = { code: "unavailable", message, remedy };
  return { kind: "error", error };
}
