// A Telemetry of Istio changes what one workload's proxy tells of its requests, while it runs: lines
// of its access log, and spans.

import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { eventually } from "#local/testing/eventually.ts";
import { type AccessLogLine, accessLogLines } from "./support/access-log-lines.ts";
import { documentOf, echoService, echoWorkload } from "./support/echo-documents.ts";
import { dependencyUrl } from "./support/mesh-processes.ts";
import { Requester } from "./support/requester.ts";
import { RunningMesh } from "./support/running-mesh.ts";

type Attribute = { readonly key: string; readonly value: { readonly stringValue?: string } };
type Span = {
  readonly workload: string;
  readonly kind: number;
  readonly attributes: readonly Attribute[];
};

const SERVER = 2;
const requester = new Requester(2);
const spans: Span[] = [];
let collector: Server;
let mesh: RunningMesh;
let urls: Readonly<Record<"one" | "two", string>>;

before(async () => {
  collector = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      take(JSON.parse(body));
      response.end("{}");
    });
  });
  await new Promise<void>((resolve) => collector.listen(0, "127.0.0.1", resolve));
  const { port } = collector.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  mesh = await RunningMesh.start({
    documents: {
      "config.yaml": documentOf("weft.dev/v1alpha1", "MeshConfig", {
        metadata: { name: "mesh" },
        spec: { accessLog: { filter: { failures: true } }, tracing: { endpoint, percent: 0 } },
      }),
      "mesh.yaml":
        echoWorkload({ name: "caller", isServed: false, dependencies: ["one", "two"] }) +
        echoWorkload({ name: "bystander", isServed: false, dependencies: ["one"] }) +
        echoWorkload({ name: "one", environment: { REGION: "here" } }) +
        echoWorkload({ name: "two" }) +
        echoService("one") +
        echoService("two"),
    },
  });
  urls = {
    one: dependencyUrl(mesh, "shop/caller", "one"),
    two: dependencyUrl(mesh, "shop/caller", "two"),
  };
});

after(async () => {
  requester.close();
  await mesh.stop();
  collector.closeAllConnections();
  collector.close();
});

test("its access log is on for one workload, by an expression, and the mesh's for the rest", async () => {
  const expression = "request.url_path.contains('/wanted') && request.headers['x-user'] == 'me'";
  write({ accessLogging: [{ filter: { expression } }] });
  const headers = { "x-user": "me" };
  await eventually("a request has its line", async () => {
    await ask("one", "/wanted?a=b", headers);
    return accessLogLines(mesh).length > 0;
  });
  await ask("one", "/other", headers);
  await ask("one", "/wanted", {});
  await ask("two", "/wanted", headers);
  await ask("two", "/failed?status=503", {});
  await eventually("the other's failure has its line", () => {
    return accessLogLines(mesh).some(({ path }) => path === "/failed");
  });
  for (const line of accessLogLines(mesh)) {
    if (line["path"] === "/failed") continue;
    assert.deepEqual([line["path"], line["destination"]], ["/wanted", "shop/one"]);
    assert.equal(line["reporter"], "destination", "the caller is not selected");
  }
});

test("its access log is off for one workload, and goes on for the others", async () => {
  write({ accessLogging: [{ disabled: true }] });
  await eventually("its own failures have no more lines", async () => {
    const before = linesOf("one").length;
    for (let i = 0; i < 3; i++) await ask("one", "/quiet?status=503", {});
    await ask("two", "/loud?status=503", {});
    const loud = linesOf("two").length;
    await eventually("the other's have", async () => {
      await ask("two", "/loud?status=503", {});
      return linesOf("two").length > loud;
    });
    return linesOf("one").length === before;
  });
});

test("a share of its own of its requests is traced, and tags are on its spans only", async () => {
  assert.deepEqual(spans, [], "the mesh traces none");
  const customTags = {
    team: { literal: { value: "books" } },
    user: { header: { name: "X-User", defaultValue: "nobody" } },
    region: { environment: { name: "REGION" } },
  };
  write({ tracing: [{ match: { mode: "SERVER" }, customTags }] });
  write({ tracing: [{ match: { mode: "CLIENT" }, randomSamplingPercentage: 100 }] }, "caller");
  await eventually("spans of both sides are there", async () => {
    await ask("one", "/traced", { "x-user": "me" });
    await ask("two", "/traced", {});
    await requester.ask(`${dependencyUrl(mesh, "shop/bystander", "one")}/untraced`);
    return spansOf("one").some((span) => tagOf(span, "user") === "me") && spansOf("two").length > 0;
  });
  const span = spansOf("one").find((each) => tagOf(each, "user") === "me")!;
  assert.equal(span.kind, SERVER);
  assert.deepEqual([tagOf(span, "team"), tagOf(span, "region")], ["books", "here"]);
  const others = spans.filter(({ workload }) => workload !== "one");
  assert.ok(others.every((each) => tagOf(each, "team") === undefined));
  assert.ok(
    spans.every((each) => tagOf(each, "url.path") === "/traced"),
    "nobody else's",
  );
});

test("metrics of one side are not told by one workload, and are by the others", async () => {
  const off = { match: { metric: "REQUEST_COUNT", mode: "SERVER" }, disabled: true };
  write({ metrics: [{ overrides: [off] }] });
  const { rows } = await mesh.ask<Rows<WorkloadRow>>(ADMIN_PATHS.workloads);
  const metricsOf = async (workload: string) => {
    const { metrics } = rows.find(({ name }) => name === workload)!;
    return (await fetch(`http://${metrics}/metrics`)).text();
  };
  const count = /^istio_requests_total\{reporter="destination"/m;
  await eventually("they are gone", async () => !count.test(await metricsOf("one")));
  const ownText = await metricsOf("one");
  assert.match(ownText, /^istio_request_bytes_count\{reporter="destination"/m);
  assert.match(ownText, /^request_total\{/m, "under Linkerd's names");
  assert.match(await metricsOf("two"), count);
});

function write(spec: object, app = "one"): void {
  mesh.replace(
    `telemetry-${app}.yaml`,
    documentOf("telemetry.istio.io/v1", "Telemetry", {
      metadata: { name: app, namespace: "shop" },
      spec: { selector: { matchLabels: { app } }, ...spec },
    }),
  );
}

async function ask(service: "one" | "two", path: string, headers: Record<string, string>) {
  await requester.ask(`${urls[service]}${path}`, { headers });
}

// That its own proxy wrote.
function linesOf(workload: string): readonly AccessLogLine[] {
  return accessLogLines(mesh).filter(
    ({ reporter, destination }) => reporter === "destination" && destination === `shop/${workload}`,
  );
}

function take({ resourceSpans }: { resourceSpans: readonly ResourceSpans[] }): void {
  for (const { resource, scopeSpans } of resourceSpans) {
    const workload = resource.attributes[0]!.value.stringValue ?? "";
    for (const { spans: told } of scopeSpans) {
      for (const span of told) spans.push({ ...span, workload });
    }
  }
}

type ResourceSpans = {
  readonly resource: { readonly attributes: readonly Attribute[] };
  readonly scopeSpans: readonly { readonly spans: readonly Omit<Span, "workload">[] }[];
};

function spansOf(workload: string): readonly Span[] {
  return spans.filter((span) => span.workload === workload);
}

function tagOf({ attributes }: Span, name: string): string | undefined {
  return attributes.find(({ key }) => key === name)?.value.stringValue;
}
