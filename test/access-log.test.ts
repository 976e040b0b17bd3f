// The access log of sidecars: off until a document asks for it, switched while they run.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { DEFAULT_ACCESS_LOG_FIELDS } from "#ir/access-log.ts";
import { eventually } from "#local/testing/eventually.ts";
import { type AccessLogLine, accessLogLines } from "./support/access-log-lines.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl } from "./support/mesh-processes.ts";
import { Requester } from "./support/requester.ts";
import { RunningMesh } from "./support/running-mesh.ts";

const HOSTILE = 'evil"} {"path":"/forged"';

const requester = new Requester(2);
let mesh: RunningMesh;
let url = "";

before(async () => {
  mesh = await RunningMesh.start({
    documents: {
      "mesh.yaml":
        echoWorkload({ name: "caller", isServed: false, dependencies: ["echo"] }) +
        echoWorkload({ name: "echo", version: "v1" }) +
        echoService("echo"),
    },
  });
  url = dependencyUrl(mesh, "shop/caller", "echo");
});

after(async () => {
  requester.close();
  await mesh.stop();
});

test("nothing is written until a document asks for it", async () => {
  for (let i = 0; i < 5; i++) await requester.ask(`${url}/before`);
  await askFor({ filter: { pathPrefixes: ["/books"] } });
  await eventually("a request has its lines", async () => {
    await requester.ask(`${url}/books`);
    return accessLogLines(mesh).length > 0;
  });
  assert.ok(accessLogLines(mesh).every(({ path }) => path === "/books"));
});

test("a request has one line, from the sidecar that it was sent to", async () => {
  await askFor({});
  await eventually("the side that serves writes", async () => {
    await requester.ask(`${url}/books/2`, { headers: { "x-request-id": "seen-once" } });
    return ofRequest("seen-once").some(({ path }) => path === "/books/2");
  });
  assert.deepEqual([...new Set(ofRequest("seen-once").map(sideOf))], ["destination"]);
});

test("a request that took more than one try has a line of the caller's sidecar too", async () => {
  write("retries.yaml", retries());
  await eventually("its tries are told", async () => {
    const headers = { "x-request-id": "tried-twice" };
    await requester.ask(`${url}/retried?status=503`, { headers });
    return ofRequest("tried-twice").some((line) => sideOf(line) === "source");
  });
  const line = ofRequest("tried-twice").find((each) => sideOf(each) === "source")!;
  assert.equal(line["attempts"], 2);
});

test("where both sides are asked for, they say the same of a request, each what it knows", async () => {
  await askFor({ sides: "both", fields: [...DEFAULT_ACCESS_LOG_FIELDS, "destination_principal"] });
  const headers = { "user-agent": HOSTILE, "x-request-id": "seen-twice" };
  const detailed = () => ofRequest("seen-twice").filter((line) => "destination_principal" in line);
  await eventually("both sidecars write", async () => {
    await requester.ask(`${url}/books/1?token=secret&status=503`, { headers });
    return new Set(detailed().map(sideOf)).size === 2;
  });
  const all = detailed();
  const source = all.find((line) => sideOf(line) === "source")!;
  const destination = all.find((line) => sideOf(line) === "destination")!;
  for (const line of [source, destination]) {
    assert.equal(line["method"], "GET");
    assert.equal(line["path"], "/books/1");
    assert.equal(line["response_code"], 503);
    assert.equal(line["response_flags"], "-", "the application said so");
    assert.equal(line["source"], "shop/caller");
    assert.equal(line["destination"], "shop/echo");
    assert.equal(line["destination_principal"], "spiffe://mesh.local/ns/shop/sa/echo");
    assert.equal(line["mutual_tls"], true);
    assert.equal(line["user_agent"], HOSTILE);
    assert.ok(Number(line["bytes_sent"]) > 0 && Number(line["duration"]) > 0);
    assert.ok(!("query" in line), "only where somebody asks for it");
  }
  assert.match(String(source["upstream_host"]), /^127\.[\d.]+:\d+$/);
  assert.equal(source["route"], "VirtualService shop/echo 1");
});

test("what a sidecar answers itself has its cause and Envoy's flag", async () => {
  await askFor({});
  const { origin } = new URL(url);
  await eventually("the refusal has a line", async () => {
    await requester.ask(`${origin}/~wrong/echo.shop:80/refused`);
    return accessLogLines(mesh).some(({ cause }) => cause === "secret-missing");
  });
  const line = accessLogLines(mesh).find(({ cause }) => cause === "secret-missing")!;
  assert.equal(line["response_flags"], "UAEX");
  assert.equal(line["response_code"], 403);
  assert.equal(line["upstream_host"], null);
});

test("it is switched off while they run, and counted in /metrics", async () => {
  await askFor({ disabled: true });
  await eventually("nothing more is written", async () => {
    const before = accessLogLines(mesh).length;
    for (let i = 0; i < 3; i++) await requester.ask(`${url}/books`);
    await new Promise((resolve) => setTimeout(resolve, 500));
    return accessLogLines(mesh).length === before;
  });
});

async function askFor(accessLog: object): Promise<void> {
  const document = documentOf("weft.dev/v1alpha1", "MeshConfig", {
    metadata: { name: "mesh" },
    spec: { accessLog },
  });
  write("mesh-config.yaml", document);
}

function write(file: string, document: string): void {
  writeFileSync(join(mesh.documents, file), document);
}

function retries(): string {
  return documentOf("networking.istio.io/v1", "VirtualService", {
    metadata: { name: "echo", namespace: "shop" },
    spec: {
      hosts: ["echo"],
      http: [
        {
          match: [{ uri: { prefix: "/retried" } }],
          retries: { attempts: 1, retryOn: "503" },
          route: [{ destination: { host: "echo" } }],
        },
        { route: [{ destination: { host: "echo" } }] },
      ],
    },
  });
}

function sideOf({ reporter }: AccessLogLine): unknown {
  return reporter;
}

function ofRequest(id: string): readonly AccessLogLine[] {
  return accessLogLines(mesh).filter((line) => line["request_id"] === id);
}
