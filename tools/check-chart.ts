// Holds the Helm chart against what `weft install` prints, object by object, for several values.
// Needs `helm` on the PATH:  GOBIN=/tmp/bin go install helm.sh/helm/v3/cmd/helm@v3.19.0
//
//   PATH=/tmp/bin:$PATH node tools/check-chart.ts

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { Profile } from "#install/default-values.ts";
import { helmChart } from "#install/helm-chart.ts";
import { installation } from "#install/installation.ts";
import { readValues } from "#install/read-values.ts";
import type { JsonObject } from "#ir/document.ts";
import { packageVersion } from "#local/package-root.ts";

type Case = { readonly profile: Profile; readonly sets: readonly string[] };

const CASES: readonly Case[] = [
  { profile: "default", sets: [] },
  { profile: "ha", sets: [] },
  {
    profile: "default",
    sets: [
      "control.replicas=2,control.tolerations[0].key=a,control.podAnnotations.b=c",
      "image.tag=1.0,image.repository=r.example/weft",
      "mesh.trustDomain=shop.example,mesh.limits.headBytesMax=32Ki",
      "imagePullSecrets[0].name=pull,injector.failurePolicy=Ignore",
    ],
  },
];

const version = packageVersion();
const chart = mkdtempSync(join(tmpdir(), "weft-chart-"));
try {
  for (const { path, text } of helmChart(version)) {
    mkdirSync(dirname(join(chart, path)), { recursive: true });
    writeFileSync(join(chart, path), text);
  }
  execFileSync("helm", ["lint", chart, "-n", "weft-system"], { stdio: "inherit" });
  for (const one of CASES) {
    const wanted = byName(installed(one).filter(isHelms));
    assert.deepEqual(byName(rendered(one)), wanted, `${one.profile} ${one.sets}`);
    process.stdout.write(`${one.profile} ${one.sets.join(" ")}: ${wanted.size} objects alike\n`);
  }
  assert.throws(() => helm(["--set", "control.replicas=many"]), /replicas/);
  assert.throws(() => helm(["--set", "controll.replicas=1"]), /controll/);
  process.stdout.write("wrong values are refused\n");
} finally {
  rmSync(chart, { recursive: true });
}

function installed({ profile, sets }: Case): readonly JsonObject[] {
  const read = readValues({ version, profile, kept: {}, files: [], sets });
  assert.ok(read.kind === "ok");
  const parts = { weftCrds: true, gatewayApiCrds: true, controlPlane: true };
  return installation({ version, profile, ...read, parts });
}

function rendered({ profile, sets }: Case): readonly JsonObject[] {
  const ha = profile === "ha" ? ["-f", join(chart, "values-ha.yaml")] : [];
  return helm([...ha, ...sets.flatMap((set) => ["--set", set]), "--include-crds"]);
}

function helm(args: readonly string[]): readonly JsonObject[] {
  const where = ["-n", "weft-system", "--kube-version", "1.35.0"];
  const whole = ["template", "weft", chart, ...where, ...args];
  const text = execFileSync("helm", whole, { encoding: "utf8", maxBuffer: 1e8, stdio: "pipe" });
  return parseAllDocuments(text, { version: "1.1" })
    .map((document) => document.toJS() as JsonObject | null)
    .filter((object) => object !== null);
}

// Helm makes the namespace, and remembers values itself.
function isHelms({ kind, metadata }: JsonObject): boolean {
  return kind !== "Namespace" && (metadata as JsonObject)["name"] !== "weft-config";
}

function byName(objects: readonly JsonObject[]): ReadonlyMap<string, unknown> {
  const kept = objects.filter(isHelms);
  const entries = kept.map((object): [string, unknown] => {
    const { name } = object["metadata"] as JsonObject;
    return [`${object["kind"]} ${name}`, normal(object)];
  });
  return new Map(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

// Go sorts the names in a text of JSON.
function normal(object: JsonObject): unknown {
  return JSON.parse(JSON.stringify(object), (name, value: unknown) => {
    return name === "value" && typeof value === "string" && value.startsWith("{")
      ? JSON.parse(value)
      : value;
  });
}
