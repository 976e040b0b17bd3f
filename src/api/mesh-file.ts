// `.weft/mesh.json`: how commands find a running mesh. The token lies beside it.

export type MeshFile = {
  readonly pid: number; // of `weft up`
  readonly adminUrl: string; // "http://127.0.0.1:15014"
};

export const MESH_FILES = {
  folder: ".weft",
  mesh: "mesh.json",
  writeToken: "admin-token",
  readToken: "read-token",
} as const;
