import assert from "node:assert/strict";
import { test } from "node:test";
import { givenPeers } from "./given-peers.ts";

test("a peer is told by its name, its URL and its processes", () => {
  const { http1, http2 } = givenPeers([
    "linkerd=http://127.0.0.1:4140,12,13",
    "x=h2c://[::1]:80,7",
  ]);
  assert.deepEqual(
    http1.map(({ name, url, proxies }) => ({ name, url, proxies })),
    [
      {
        name: "linkerd",
        url: "http://127.0.0.1:4140",
        proxies: [
          { role: "process 1", pid: 12 },
          { role: "process 2", pid: 13 },
        ],
      },
    ],
  );
  assert.deepEqual(
    http2.map(({ url }) => url),
    ["http://[::1]:80"],
  );
});

test("a peer without processes is refused, since there would be nothing to measure", () => {
  assert.throws(() => givenPeers(["linkerd=http://127.0.0.1:4140"]), /NAME=http/);
});
