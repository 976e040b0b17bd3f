import assert from "node:assert/strict";
import { test } from "node:test";
import type { TappedRequest } from "#api/tap.ts";
import { TapLines } from "./tap-lines.ts";

const REQUEST: TappedRequest = {
  phase: "request",
  id: "shop/web:7",
  proxy: "shop/web",
  atMs: 0,
  direction: "out",
  source: { address: "", namespace: "shop", workload: "web", identity: "" },
  destination: { address: "10.0.0.7:15008", namespace: "shop", workload: "reviews", identity: "" },
  service: "reviews.shop:9080",
  route: "HTTPRoute shop/reviews 0",
  isMutualTls: true,
  method: "GET",
  scheme: "http",
  authority: "reviews:9080",
  path: "/reviews/7",
  headers: [],
};

test("a request is three lines, and each says who talks to whom", () => {
  const lines = new TapLines(false);
  assert.equal(
    lines.line(REQUEST),
    "req id=shop/web:7 proxy=out src=web dst=10.0.0.7:15008 tls=true " +
      ":method=GET :authority=reviews:9080 :path=/reviews/7",
  );
  assert.equal(
    lines.line({ phase: "answer", id: REQUEST.id, status: 200, latencyMs: 1.5, headers: [] }),
    "rsp id=shop/web:7 proxy=out src=web dst=10.0.0.7:15008 tls=true :status=200 latency=1500µs",
  );
  const end = { phase: "end", id: REQUEST.id, durationMs: 2, status: 200 } as const;
  const sizes = { requestBytes: 0, responseBytes: 10, grpcStatus: "0", cause: "" };
  assert.equal(
    lines.line({ ...end, ...sizes }),
    "end id=shop/web:7 proxy=out src=web dst=10.0.0.7:15008 tls=true " +
      "duration=2000µs response-length=10B grpc-status=0",
  );
});

test("wide lines name workloads, service and route", () => {
  const line = new TapLines(true).line(REQUEST);
  assert.match(line, /src_res=shop\/web dst_res=shop\/reviews dst_svc=reviews\.shop:9080/);
  assert.match(line, /route="HTTPRoute shop\/reviews 0"/);
});

test("what a stranger sent moves no cursor and begins no line", () => {
  const line = new TapLines(true).line({ ...REQUEST, path: "/\u001b[2J\r\n\u202eend" });
  assert.match(line, /:path=\/\\u\{1b\}\[2J\\u\{d\}\\u\{a\}\\u\{202e\}end$/);
});
