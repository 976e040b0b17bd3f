// The mesh as it was last seen, what is remembered of it, and whether that is live.

import { useEffect, useState } from "preact/hooks";
import type { MeshView } from "#api/mesh-view.ts";
import { EMPTY_MEMORY, type MeshMemory, remember } from "#dashboard/memory/mesh-memory.ts";
import { MeshStream, type StreamState } from "./mesh-stream.ts";

export type Mesh = {
  readonly state: StreamState;
  readonly view: MeshView | undefined;
  readonly memory: MeshMemory;
};

const NOTHING: Mesh = { state: "connecting", view: undefined, memory: EMPTY_MEMORY };

export function useMesh(): Mesh {
  const [mesh, setMesh] = useState(NOTHING);
  useEffect(() => {
    const stream = new MeshStream({
      onView: (view) =>
        setMesh((before) => ({ ...before, view, memory: remember(before.memory, view) })),
      onState: (state) => setMesh((before) => ({ ...before, state })),
    });
    return () => stream.close();
  }, []);
  return mesh;
}
