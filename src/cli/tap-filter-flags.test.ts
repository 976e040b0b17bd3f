import assert from "node:assert/strict";
import { test } from "node:test";
import {
  parseHeader,
  parseLatency,
  parseParty,
  parseStatus,
  tapFilter,
} from "./tap-filter-flags.ts";

test("what is written on the command line becomes the filter", () => {
  const filter = tapFilter({
    ...{ method: ["get"], authority: "Reviews", path: "/reviews", direction: "in" },
    header: parseHeader("X-User=ann", parseHeader("x-trace")),
    ...{ status: parseStatus("5xx"), minLatency: parseLatency("2s") },
    ...{ to: parseParty("svc/reviews"), toNamespace: "shop" },
  });
  assert.deepEqual(filter, {
    ...{ direction: "in", methods: ["GET"], authority: "reviews", pathPrefix: "/reviews" },
    headers: [
      ["x-trace", null],
      ["x-user", "ann"],
    ],
    to: { service: "reviews", namespace: "shop" },
    ...{ statusFrom: 500, statusTo: 599, latencyMinMs: 2_000 },
  });
  assert.deepEqual(parseStatus("500-504"), { statusFrom: 500, statusTo: 504 });
  assert.deepEqual(parseParty("ns/shop"), { namespace: "shop" });
});

test("what is no filter is refused with what would be right", () => {
  assert.throws(() => parseStatus("5x"), /must be like 503, 5xx or 500-504/);
  assert.throws(() => parseHeader("=x"), /must be like x-user=alice/);
  assert.throws(() => parseLatency("soon"), /must be like 250ms or 1s/);
  assert.throws(() => parseParty("reviews"), /must be like deploy\/reviews/);
});
