// Gateway API's own suite against Weft: all core and extended features that its version has for a mesh.

import assert from "node:assert/strict";
import type { ClusterCase } from "./cluster-case.ts";
import { linesOf, runConformance } from "./conformance.ts";
import { installMesh } from "./installed-mesh.ts";

const WITHIN_MS = 1_260_000;
// All that the version has for a mesh.
const TESTS = 22;

export const conformanceCases: readonly ClusterCase[] = [
  {
    name: "Gateway API's conformance suite passes, profiles MESH-HTTP and MESH-GRPC, all features",
    withinMs: WITHIN_MS,
    async run(cluster) {
      await installMesh(cluster);
      const namespaceLabels = { "weft.dev/inject": "enabled" };
      const { passed, failed, skipped } = await runConformance(cluster, { namespaceLabels });
      const lines = failed.map((test) => linesOf(cluster, test)).join("\n\n");
      assert.deepEqual({ failed, skipped }, { failed: [], skipped: [] }, lines);
      assert.equal(passed.length, TESTS);
    },
  },
];
