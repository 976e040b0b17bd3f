// Live requests: from the proxies that see them, through the control plane's admin API, to
// `weft tap`.

import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { TappedRequest } from "#api/tap.ts";
import { adminOf } from "./support/admin-of.ts";
import { runWeft } from "./support/run-weft.ts";
import { httpRoute, trafficMesh } from "./support/traffic-mesh.ts";
import { untilWatched } from "./support/until-watched.ts";

test("both sides of a request are told, in Linkerd's words", async (t) => {
  const { ask, tap } = await watchedMesh(t);
  const watching = tap(["ns/shop", "--for", "2s"]);
  await ask("/books/7", 0);
  const { out, code } = await watching;
  assert.equal(code, 0);
  const lines = out.trim().split("\n");
  assert.match(
    lines.join("\n"),
    /^req id=shop\/caller:\d+ proxy=out src=caller dst=[\d.:]+ tls=true :method=GET :authority=\S+ :path=\/books\/7$/m,
  );
  assert.match(lines.join("\n"), /^rsp id=shop\/echo:\d+ proxy=in .* :status=200 latency=\d+µs$/m);
  assert.match(
    lines.join("\n"),
    /^end id=shop\/echo:\d+ proxy=in .* duration=\d+µs response-length=2B$/m,
  );
});

test("filters leave out what isn't wanted, and failures are told with their cause", async (t) => {
  const { ask, tap } = await watchedMesh(t);
  const watching = tap(["deploy/caller", "--status", "4xx", "--path", "/nowhere", "--for", "2s"]);
  await ask("/books/7", 0);
  await ask("/nowhere", 0);
  const { out } = await watching;
  assert.match(out, /end id=shop\/caller:\d+ .* cause=no-route/);
  assert.equal(out.includes("/books/7"), false);
  assert.equal(out.trim().split("\n").length, 2); // it got no answer from anybody
});

test("JSON has headers without secrets, and the rate holds", async (t) => {
  const { ask, tap } = await watchedMesh(t);
  const flags = ["--direction", "out", "--max-rps", "2", "--for", "2s", "-o", "json"];
  const watching = tap(["svc/echo", "--namespace", "shop", ...flags]);
  for (let i = 0; i < 5; i++) await ask("/books/7", 0);
  // The callers' proxies are watched where the service's are not: nothing goes out from echo.
  assert.equal((await watching).out, "");
  const callers = tap(["deploy/caller", ...flags]);
  for (let i = 0; i < 8; i++) await ask("/books/7", i === 0 ? 0 : 1);
  const { out, error } = await callers;
  const events = out.trim().split("\n");
  const first = JSON.parse(events[0]!) as TappedRequest;
  const cookie = first.headers.find(([name]) => name === "cookie");
  assert.deepEqual(cookie, ["cookie", "<redacted>"]);
  assert.equal(first.route, "HTTPRoute shop/echo 0");
  assert.match(error, /^\d+ more requests were beyond --max-rps 2$/m);
});

test("who watches what is written down", async (t) => {
  const { tap, lines } = await watchedMesh(t);
  await tap(["deploy/caller", "--for", "300ms"]);
  assert.match(lines.join(""), /Somebody watches requests.*"role":"write".*caller/);
  assert.match(lines.join(""), /Nobody watches these requests any more/);
});

async function watchedMesh(t: TestContext) {
  const rule = "      matches: [{ path: { type: PathPrefix, value: /books } }]";
  const mesh = await trafficMesh(t, {
    route: httpRoute(rule),
    answer: (_, response) => response.end("ok"),
  });
  const { folder, lines } = await adminOf(t, mesh.control);
  const headers = { cookie: "session=hush" };
  // Asks when somebody watches; `least` 0 waits for that.
  const ask = async (path: string, least: number) => {
    if (least === 0) await untilWatched(lines);
    await (await fetch(`${mesh.url}${path}`, { headers })).text();
  };
  const tap = (args: readonly string[]) => {
    lines.length = 0;
    return runWeft(["tap", ...args, "--mesh", folder]);
  };
  return { ask, tap, lines };
}
