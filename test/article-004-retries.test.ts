// The retries of article 4, as they stand there: three attempts of two seconds each, five in all.

import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { test } from "node:test";
import { application, smallMesh } from "./support/small-mesh.ts";

const RETRIES = join(import.meta.dirname, "fixtures/article-004-istio-retries.yaml");
// Where the article's documents lie beside this repository.
const ORIGINAL = join(
  import.meta.dirname,
  "../../shared/examples/article-004/istio-retries/virtual-service.yaml",
);
const WORKLOADS = `
apiVersion: v1
kind: Service
metadata: { name: user-service }
spec:
  selector: { app: user-service }
  ports: [{ name: http, port: 80, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: user-service, labels: { app: user-service } }
spec:
  command: ["true"]
  ports: [{ name: http, port: 9000, protocol: http }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller }
spec: { command: ["true"] }
`;

test("the fixture is the article's document, where that is at hand", () => {
  if (existsSync(ORIGINAL)) {
    assert.equal(readFileSync(RETRIES, "utf8"), readFileSync(ORIGINAL, "utf8"));
  }
});

test("the document has no diagnostics, and three retries reach the service", async (t) => {
  let asked = 0;
  const answer: RequestListener = (_, response) => {
    asked++;
    response.statusCode = asked < 4 ? 503 : 200;
    response.end();
  };
  const { url, diagnostics } = await articleMesh(t, answer);
  assert.deepEqual(diagnostics, []);
  assert.equal((await fetch(url)).status, 200);
  assert.equal(asked, 4);
});

test("of a service that never answers, a GET is tried three times in five seconds", async (t) => {
  const askedAtMs: number[] = [];
  const { url } = await articleMesh(t, () => void askedAtMs.push(performance.now()));
  const beganMs = performance.now();
  const answer = await fetch(url);
  const tookMs = performance.now() - beganMs;
  assert.equal(answer.status, 504);
  assert.equal(answer.headers.get("weft-cause"), 'route-timeout; rule="default/user-service"');
  assert.ok(tookMs >= 5_000 && tookMs < 8_000, `${tookMs} ms`);
  assert.equal(askedAtMs.length, 3);
  const pausesMs = [askedAtMs[1]! - askedAtMs[0]!, askedAtMs[2]! - askedAtMs[1]!];
  for (const ms of pausesMs) assert.ok(ms >= 1_900 && ms < 3_500, `${ms} ms`);
});

test("a POST that never gets an answer is tried once, for two seconds", async (t) => {
  let asked = 0;
  const { url } = await articleMesh(t, () => void asked++);
  const answer = await fetch(url, { method: "POST", body: "{}" });
  assert.equal(answer.status, 504);
  assert.equal(answer.headers.get("weft-cause"), 'try-timeout; rule="default/user-service"');
  assert.equal(asked, 1);
});

async function articleMesh(t: { after(run: () => Promise<void>): void }, answer: RequestListener) {
  const service = await application(answer);
  const documents = { "mesh.yaml": WORKLOADS, "retries.yaml": readFileSync(RETRIES, "utf8") };
  const mesh = await smallMesh(documents);
  t.after(async () => {
    await mesh.close();
    service.close();
  });
  await mesh.proxy("user-service", { application: { declared: 9000, port: service.port } });
  const caller = await mesh.proxy("caller");
  return { url: caller.url("user-service:80"), diagnostics: mesh.control.diagnostics };
}
