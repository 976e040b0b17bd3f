// What holds where no document says otherwise.

import type { MeshSettings } from "./model.ts";

export const DEFAULT_MESH_SETTINGS: MeshSettings = {
  trustDomain: "mesh.local",
  certificateLifeMs: 24 * 3_600_000,
};

// Of a mesh of pods.
export const CLUSTER_MESH_SETTINGS: MeshSettings = {
  ...DEFAULT_MESH_SETTINGS,
  trustDomain: "cluster.local",
  allowsUnknown: true,
  onKubernetes: true,
};
