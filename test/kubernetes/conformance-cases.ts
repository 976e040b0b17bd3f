// Gateway API's own suite against Weft: all core and extended features that its version has for a mesh.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { parse } from "yaml";
import type { ClusterCase } from "./cluster-case.ts";
import { linesOf, runConformance } from "./conformance.ts";
import { installMesh } from "./installed-mesh.ts";

const REPORT = "docs/conformance/gateway-api-v1.6.3-mesh.yaml";
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
      const run = await runConformance(cluster, { namespaceLabels });
      const { passed, failed, skipped, report } = run;
      const lines = failed.map((test) => linesOf(cluster, test)).join("\n\n");
      assert.deepEqual({ failed, skipped }, { failed: [], skipped: [] }, lines);
      assert.equal(passed.length, TESTS);
      const kept = parse(readFileSync(REPORT, "utf8"));
      const said = byName(parse(report).profiles);
      assert.deepEqual(said, byName(kept.profiles), `${REPORT} says something else`);
    },
  },
];

/** Profiles of a report in the order of their names: the suite writes them as its map happens to give them. */
function byName(profiles: readonly { name: string }[]): { name: string }[] {
  return profiles.toSorted((one, other) => (one.name < other.name ? -1 : 1));
}
