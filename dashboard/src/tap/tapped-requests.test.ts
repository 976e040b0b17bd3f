import assert from "node:assert/strict";
import { test } from "node:test";
import type { TappedEvent, TappedRequest } from "#api/tap.ts";
import { ROWS_MAX, withEvents } from "./tapped-requests.ts";

const PEER = { address: "", namespace: "", workload: "", identity: "" };

function request(id: string): TappedRequest {
  return {
    ...{ phase: "request", id, proxy: "shop/web", atMs: 0, direction: "in", source: PEER },
    ...{ destination: PEER, service: "", route: "", isMutualTls: true, method: "GET" },
    ...{ scheme: "http", authority: "", path: "/", headers: [] },
  } as TappedRequest;
}

const end = (id: string): TappedEvent => ({
  ...{ phase: "end", id, durationMs: 1, status: 200, requestBytes: 0, responseBytes: 0 },
  ...{ grpcStatus: "", cause: "" },
});

test("the newest is first, and each row takes what comes of it", () => {
  let rows = withEvents([], [request("a"), request("b"), end("a")]);
  assert.deepEqual(
    rows.map(({ request: { id } }) => id),
    ["b", "a"],
  );
  assert.equal(rows[1]?.end?.status, 200);
  rows = withEvents(rows, [end("b"), request("c")]);
  assert.deepEqual(
    rows.map((row) => [row.request.id, row.end !== undefined]),
    [
      ["c", false],
      ["b", true],
      ["a", true],
    ],
  );
});

test("the oldest are forgotten, and an end without its beginning is none", () => {
  const many = Array.from({ length: ROWS_MAX + 5 }, (_, i) => request(`r${i}`));
  const rows = withEvents([], [...many, end("unknown")]);
  assert.equal(rows.length, ROWS_MAX);
  assert.equal(rows[0]?.request.id, `r${ROWS_MAX + 4}`);
});
