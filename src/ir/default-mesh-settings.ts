// What holds where no document says otherwise.

import type { MeshSettings } from "./model.ts";

export const DEFAULT_MESH_SETTINGS: MeshSettings = {
  trustDomain: "mesh.local",
  certificateLifeMs: 24 * 3_600_000,
};
