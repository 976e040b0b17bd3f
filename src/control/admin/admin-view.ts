// Everything that a live page shows, at this moment.

import type { MeshView } from "#api/mesh-view.ts";
import type { AdminBackend } from "./admin-backend.ts";

const WINDOW_MS = 10_000;

export function adminView(backend: AdminBackend, atMs: number): MeshView {
  const all = { namespace: undefined, name: undefined, windowMs: WINDOW_MS };
  return {
    atMs,
    windowMs: WINDOW_MS,
    status: backend.status(),
    workloads: backend.workloads(),
    stat: backend.stat({ kind: "workload", ...all }),
    edges: backend.edges(all),
    routes: backend.routes(all),
    diagnostics: backend.diagnostics(),
    checks: backend.troubles(),
    changes: backend.changes(),
    unmeshed: backend.unmeshed(),
  };
}
