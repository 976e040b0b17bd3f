import assert from "node:assert/strict";
import { test } from "node:test";
import { sampleModel, sampleWorkload } from "#compile/sample-model.ts";
import type { ForwardingCount } from "#control/reports/traces/forwarding-counts.ts";
import { forwardingFindings, workloadsDropping } from "./forwarding-findings.ts";

const MODEL = sampleModel({ workloads: [sampleWorkload("web")] });
const WINDOW_MS = 150_000;

test("an application that drops the traces that it is sent is named, with what was seen", () => {
  const [finding, ...others] = findings({
    served: 100,
    calls: [
      { service: "reviews.bookshop:9080", begun: 40, foreign: 2, forwarded: 3, own: 2 },
      { service: "auth.bookshop:80", begun: 50 },
      { service: "cart.bookshop:80", forwarded: 90, begun: 10 },
    ],
  });
  assert.deepEqual(others, []);
  assert.deepEqual([finding!.code, finding!.severity], ["WEFT401", "warning"]);
  assert.equal(
    finding!.message,
    "bookshop/web does not forward the headers of traces: of 95 traced requests that it made to " +
      "auth.bookshop:80, reviews.bookshop:9080 in the last 3 minutes while it was answering " +
      "others, 92 began a trace of their own (90 came without headers of a trace, 2 with those " +
      "of a trace that it was not sent)",
  );
  assert.match(finding!.remedy!, /traceparent and tracestate .*x-b3-traceid.*x-request-id/);
  assert.equal(finding!.ref!.name, "web");
  assert.equal(finding!.position!.file, "web.yaml");
});

test("a pod's is found by what made it", () => {
  const pod = sampleWorkload("web-5d9c8-x7k2p", { controller: "web" });
  const asked = { served: 100, calls: [{ service: "a", begun: 50 }] };
  const [finding] = findings(asked, sampleModel({ workloads: [pod] }));
  assert.equal(finding!.ref!.name, "web-5d9c8-x7k2p");
  assert.equal(findings(asked, sampleModel({}))[0]!.ref!.name, "web");
});

const BLAMELESS: Readonly<Record<string, Asked>> = {
  "who forwards": { served: 100, calls: [{ service: "a", forwarded: 100 }] },
  "a few that are odd": { served: 100, calls: [{ service: "a", forwarded: 50, begun: 49 }] },
  "too few to judge": { served: 20, calls: [{ service: "a", begun: 19 }] },
  "who is sent nothing": { served: 0, calls: [{ service: "a", own: 500 }] },
  "who asks nobody": { served: 100, calls: [] },
  "a poll, now and then while it answers": {
    served: 100,
    calls: [{ service: "a", begun: 90, own: 10 }],
  },
  "a poll of who never rests": { served: 2_000, calls: [{ service: "a", begun: 99 }] },
};

for (const [who, asked] of Object.entries(BLAMELESS)) {
  test(`not blamed: ${who}`, () => assert.deepEqual(findings(asked), []));
}

type Asked = {
  readonly served: number;
  readonly calls: readonly (Partial<ForwardingCount> & { readonly service: string })[];
};

function findings({ served, calls }: Asked, model = MODEL) {
  const none = { requests: 0, forwarded: 0, begun: 0, foreign: 0, own: 0 };
  const name = { namespace: "bookshop", workload: "web" };
  const byWorkload = [
    [
      { ...none, ...name, service: "", requests: served },
      ...calls.map((call) => ({ ...none, ...name, ...call })),
    ],
  ];
  return forwardingFindings({ byWorkload, windowMs: WINDOW_MS }, model);
}

test("who drops traces is listed by name, in whatever order they reported", () => {
  const none = { requests: 100, forwarded: 0, begun: 50, foreign: 0, own: 0 };
  const dropping = (workload: string) => {
    const name = { namespace: "shop", workload };
    return [
      { ...none, ...name, service: "", begun: 0 },
      { ...none, ...name, service: "a" },
    ];
  };
  const byWorkload = ["web", "cart", "orders"].map(dropping);
  const names = workloadsDropping({ byWorkload, windowMs: WINDOW_MS }).map(({ name }) => name);
  assert.deepEqual(names, ["cart", "orders", "web"]);
});
