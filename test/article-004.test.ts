// The canary of article 4, as it stands there: an Istio VirtualService with a header match and a
// 90/10 split, for a Service in front of two versions.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { echoService, echoWorkload } from "./support/echo-documents.ts";
import { assertSplit, measureSplit } from "./support/measure-split.ts";
import { dependencyUrl } from "./support/mesh-processes.ts";
import { RunningMesh } from "./support/running-mesh.ts";

const CANARY = join(import.meta.dirname, "fixtures/article-004-istio-canary.yaml");
// Where the article's documents lie beside this repository.
const ORIGINAL = join(
  import.meta.dirname,
  "../../shared/examples/article-004/istio-canary/virtual-service.yaml",
);
const NAMESPACE = "default";

let mesh: RunningMesh;
let url: string;

before(async () => {
  const version = (version: string) =>
    echoWorkload({
      ...{ name: `user-service-${version}`, app: "user-service", version },
      ...{ serviceAccount: "user-service", namespace: NAMESPACE },
    });
  const caller = echoWorkload({
    ...{ name: "caller", namespace: NAMESPACE, isServed: false },
    dependencies: ["user-service"],
  });
  const service = echoService("user-service", { app: "user-service" }, NAMESPACE);
  mesh = await RunningMesh.start({
    documents: {
      "virtual-service.yaml": readFileSync(CANARY, "utf8"),
      "workloads.yaml": service + version("v1") + version("v2") + caller,
    },
  });
  url = dependencyUrl(mesh, "default/caller", "user-service");
});

after(() => mesh.stop());

test("the fixture is the article's document, where that is at hand", () => {
  if (existsSync(ORIGINAL)) {
    assert.equal(readFileSync(CANARY, "utf8"), readFileSync(ORIGINAL, "utf8"));
  }
});

test("the document has no diagnostics", async () => {
  const { out } = await mesh.weft("get", "diagnostics", "-o", "json");
  assert.deepEqual(JSON.parse(out), []);
});

test("a request with version: v2 always gets version 2", async () => {
  const headers = { version: "v2" };
  const counts = await measureSplit({ url, headers, requests: 500, versionHeader: "x-version" });
  assert.deepEqual([...counts], [["v2", 500]]);
});

test("all others divide 90 to 10", async () => {
  await assertSplit({ url, requests: 2_000, versionHeader: "x-version" }, { v1: 90, v2: 10 });
});
