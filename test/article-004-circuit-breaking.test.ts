// The circuit breaker of article 4, as it stands there, for a Service in front of three workloads:
// limits of connections and of what waits, and the ejection of who fails.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl } from "./support/mesh-processes.ts";
import { type Answered, Requester } from "./support/requester.ts";
import { RunningMesh } from "./support/running-mesh.ts";

const FIXTURE = join(import.meta.dirname, "fixtures/article-004-istio-circuit-breaking.yaml");
// Where the article's documents lie beside this repository.
const ORIGINAL = join(
  import.meta.dirname,
  "../../shared/examples/article-004/istio-circuit-breaking/destination-rule.yaml",
);
const NAMESPACE = "default";
const AT_ONCE = 150; // 100 connections and 50 that wait
const EJECTED_MS = 30_000;

let mesh: RunningMesh;
let url: string;
const requester = new Requester(1);
const crowd = new Requester(AT_ONCE + 50);

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
      "destination-rule.yaml": readFileSync(FIXTURE, "utf8"),
      "workloads.yaml": service + ["v1", "v2", "v3"].map(version).join("") + caller,
    },
  });
  url = dependencyUrl(mesh, "default/caller", "user-service");
});

after(async () => {
  requester.close();
  crowd.close();
  await mesh.stop();
});

test("the fixture is the article's document, where that is at hand", () => {
  if (existsSync(ORIGINAL)) {
    assert.equal(readFileSync(FIXTURE, "utf8"), readFileSync(ORIGINAL, "utf8"));
  }
});

test("the document has one diagnostic: a field that is called differently today", async () => {
  const { out } = await mesh.weft("get", "diagnostics", "-o", "json");
  const diagnostics: { code: string; severity: string }[] = JSON.parse(out);
  assert.deepEqual(
    diagnostics.map(({ code, severity }) => `${severity} ${code}`),
    ["info WEFT108"],
  );
});

test("what is over 100 connections and 50 that wait is refused at once", async () => {
  const path = `${url}/?delayMs=2000`;
  const asking = Array.from({ length: AT_ONCE + 50 }, () => crowd.ask(path));
  const answers = await Promise.all(asking);
  const causes = answers.map(({ status, headers }) => `${status} ${headers["weft-cause"]}`);
  assert.equal(causes.filter((cause) => cause === "200 undefined").length, AT_ONCE);
  assert.equal(causes.filter((cause) => cause.startsWith("503 overflow")).length, 50);
  assert.equal((await requester.ask(url)).status, 200, "the breaker is closed again");
});

test("who fails five times in a row is left out for 30 s, and asked again then", async () => {
  // One after the other, hardly any would go there: what fails is picked less and less anyway.
  const answers = await askAtOnce("status=503&version=v2&delayMs=500", 60);
  const failing = answers.filter(({ status }) => status === 503);
  assert.ok(failing.length >= 5, `${failing.length}`);
  assert.deepEqual(versions(failing), new Set(["v2"]));
  const ejectedAtMs = performance.now();
  assert.match(await metrics(), /weft_endpoint_ejections_total\{[^}]*user-service[^}]*\} 1\n/);
  assert.equal(versions(await askMany("", 50)).has("v2"), false);
  // It has failed, and is still picked less: only when others are busy, it gets its part.
  const isBack = async () => versions(await askAtOnce("delayMs=300", 30)).has("v2");
  assert.equal(await isBack(), false);
  await eventually("it is asked again", isBack, EJECTED_MS + 15_000);
  assert.ok(performance.now() - ejectedAtMs > EJECTED_MS - 5_000);
  assert.match(await metrics(), /weft_endpoints_ejected\{[^}]*user-service[^}]*\} 0\n/);
});

function versions(answers: readonly Answered[]): Set<unknown> {
  return new Set(answers.map(({ headers }) => headers["x-version"]));
}

async function askMany(query: string, times: number): Promise<readonly Answered[]> {
  const answers: Answered[] = [];
  for (let i = 0; i < times; i++) answers.push(await requester.ask(`${url}/?${query}`));
  return answers;
}

function askAtOnce(query: string, times: number): Promise<readonly Answered[]> {
  return Promise.all(Array.from({ length: times }, () => crowd.ask(`${url}/?${query}`)));
}

async function metrics(): Promise<string> {
  const { out } = await mesh.weft("get", "workloads", "-o", "json");
  const rows: { name: string; metrics: string }[] = JSON.parse(out);
  const { metrics: address } = rows.find(({ name }) => name === "caller")!;
  return (await requester.ask(`http://${address}/metrics`)).text;
}
