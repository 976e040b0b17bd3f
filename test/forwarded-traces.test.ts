// `weft analyze` of a running mesh names the applications that drop the traces that they are sent,
// and nobody else. Where spans go doesn't matter: here nobody takes them.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { EdgeRow } from "#api/edge-row.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import { eventually } from "#local/testing/eventually.ts";
import { bookshopDocuments } from "./support/bookshop-documents.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl } from "./support/mesh-processes.ts";
import { Requester } from "./support/requester.ts";
import { RunningMesh } from "./support/running-mesh.ts";

const TRACING = documentOf("weft.dev/v1alpha1", "MeshConfig", {
  metadata: { name: "mesh" },
  spec: { tracing: { endpoint: "http://127.0.0.1:9", percent: 100 } },
});
const REQUESTS = 60;

test("who drops traces is named, who forwards them and who only asks is not", async (t) => {
  const front = ["drops", "begins", "passes"];
  const mesh = await RunningMesh.start({
    documents: {
      "tracing.yaml": TRACING,
      "mesh.yaml": [
        echoWorkload({ name: "caller", isServed: false, dependencies: ["echo", ...front] }),
        ...front.map((name) => echoWorkload({ name, dependencies: ["echo"] })),
        echoWorkload({ name: "echo" }),
        ...[...front, "echo"].map((name) => echoService(name)),
      ].join(""),
    },
  });
  t.after(() => mesh.stop());
  const requester = new Requester(2);
  t.after(() => requester.close());
  const ask = async (service: string, path: string) => {
    const url = dependencyUrl(mesh, "shop/caller", service);
    for (let i = 0; i < REQUESTS; i++) {
      assert.equal((await requester.ask(`${url}${path}`)).status, 200);
    }
  };
  await ask("echo", "/of-its-own-accord");
  await ask("passes", "/pass/ECHO/");
  await ask("drops", "/ask/ECHO/");
  await ask("begins", "/begin/ECHO/");
  const blamed = await eventuallyBlamed(mesh, 2);
  assert.deepEqual(
    blamed.map(({ ref }) => ref?.name),
    ["drops", "begins"],
  );
  const [drops, begins] = blamed;
  assert.match(
    begins!.message,
    /^shop\/begins does not forward .* to echo\.shop:80 in the last min/,
  );
  assert.match(begins!.message, /\(\d+ with those of a trace that it was not sent\)$/);
  assert.match(drops!.message, /\(\d+ came without headers of a trace\)$/);
  assert.equal(drops!.position!.file, "mesh.yaml");

  const { code, out } = await mesh.weft("analyze");
  assert.equal(code, 1);
  assert.match(out, /^mesh\.yaml:\d+:\d+: warning WEFT401: shop\/drops .* Copy the headers /m);
  const checked = await mesh.weft("check");
  assert.match(checked.out, /forward the headers of traces.*not so: shop\/begins, shop\/drops/s);
});

test("the bookshop's applications forward traces, and none is named", async (t) => {
  const mesh = await RunningMesh.start({
    documents: { ...bookshopDocuments({ hasLoad: true }), "tracing.yaml": TRACING },
  });
  t.after(() => mesh.stop());
  await eventually(
    "reviews has asked ratings often enough to be judged",
    async () => {
      const { rows } = await mesh.ask<Rows<EdgeRow>>(ADMIN_PATHS.edges);
      return rows.some(({ source, destination, requests }) => {
        return (
          /reviews/.test(source.workload) && /ratings/.test(destination.workload) && requests > 100
        );
      });
    },
    30_000,
  );
  assert.deepEqual(await blamedBy(mesh), []);
});

// Reports come each second.
async function eventuallyBlamed(mesh: RunningMesh, count: number): Promise<readonly Diagnostic[]> {
  let blamed: readonly Diagnostic[] = [];
  await eventually("they are named", async () => {
    blamed = await blamedBy(mesh);
    return blamed.length >= count;
  });
  return blamed;
}

async function blamedBy(mesh: RunningMesh): Promise<readonly Diagnostic[]> {
  const { rows } = await mesh.ask<Rows<Diagnostic>>(ADMIN_PATHS.analysis);
  return rows.filter(({ code }) => code === "WEFT401");
}
