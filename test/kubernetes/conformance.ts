// Gateway API's conformance suite, of the version in kit/go/gateway-conformance.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Cluster } from "./cluster.ts";

// The suite waits up to 30 s for each answer that doesn't come.
const SUITE_WITHIN_MS = 1_200_000;
const PROFILES = ["MESH-HTTP", "MESH-GRPC"];
// All that the suite's version knows for a mesh: core, extended (pkg/features/mesh.go), and those of
// HTTPRoute that its mesh tests use besides.
const FEATURES = [
  "Mesh",
  "HTTPRoute",
  "GRPCRoute",
  "MeshClusterIPMatching",
  "MeshConsumerRoute",
  "MeshHTTPRouteBackendRequestHeaderModification",
  "MeshHTTPRouteNamedRouteRule",
  "MeshHTTPRouteQueryParamMatching",
  "MeshHTTPRouteRedirectPath",
  "MeshHTTPRouteRedirectPort",
  "MeshHTTPRouteRewritePath",
  "MeshHTTPRouteSchemeRedirect",
  "HTTPRoute303RedirectStatusCode",
  "HTTPRoute307RedirectStatusCode",
  "HTTPRoute308RedirectStatusCode",
  "HTTPRouteParentRefPort",
  "HTTPRouteResponseHeaderModification",
];

export type ConformanceRun = {
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly skipped: readonly string[];
  // The suite's own, in YAML.
  readonly report: string;
};

export type ConformanceOptions = {
  // Labels of the namespaces whose pods ask each other.
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  // One test alone.
  readonly only?: string;
};

// Needs the kinds of Gateway API. What the suite prints is left in the cluster's log folder.
export async function runConformance(
  cluster: Cluster,
  { namespaceLabels = {}, only }: ConformanceOptions = {},
): Promise<ConformanceRun> {
  const report = join(cluster.state, "log", "conformance-report.yaml");
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const labels = Object.entries(namespaceLabels).map(([name, value]) => `${name}=${value}`);
  const output = await cluster
    .run(
      cluster.kit.program("conformance.test"),
      [
        "-test.v",
        `-test.timeout=${SUITE_WITHIN_MS}ms`,
        "-gateway-class=",
        `-conformance-profiles=${PROFILES.join(",")}`,
        `-supported-features=${FEATURES.join(",")}`,
        ...(labels.length > 0 ? [`-namespace-labels=${labels.join(",")}`] : []),
        ...(only === undefined ? [] : [`-run-test=${only}`]),
        `-report-output=${report}`,
        "-organization=weft",
        "-project=weft",
        "-url=https://weft.dev",
        `-version=${version}`,
        "-contact=https://weft.dev",
      ],
      { withinMs: SUITE_WITHIN_MS },
    )
    // It ends with 1 if a test fails; which one is said below.
    .catch((error: Error) => error.message);
  writeFileSync(join(cluster.state, "log", "conformance.log"), output);
  const results = resultsIn(output);
  if (results.length === 0) throw new Error(`the suite ran no test:\n${output.slice(-4_000)}`);
  const named = (result: string) => results.filter(([, is]) => is === result).map(([name]) => name);
  return {
    passed: named("PASS"),
    failed: named("FAIL"),
    skipped: named("SKIP"),
    report: readFileSync(report, "utf8"),
  };
}

// What a failed test wants to show: its own lines, the last ones.
export function linesOf(cluster: Cluster, test: string): string {
  const log = readFileSync(join(cluster.state, "log", "conformance.log"), "utf8");
  const begin = log.indexOf(`=== RUN   TestConformance/${test}`);
  const next = log.indexOf("=== RUN   TestConformance/Mesh", begin + 1);
  return log
    .slice(begin, next < 0 ? undefined : next)
    .split("\n")
    .slice(-40)
    .join("\n");
}

function resultsIn(output: string): [string, string][] {
  // Those for gateways are skipped.
  const lines = output.matchAll(/^ {4}--- (PASS|FAIL|SKIP): TestConformance\/(Mesh\w+) /gm);
  return [...lines].map(([, result = "", name = ""]): [string, string] => [name, result]).sort();
}
