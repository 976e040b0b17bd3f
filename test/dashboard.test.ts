// The dashboard as it is built and served. What it does in a browser: test/all/dashboard-page.

import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { ask } from "#control/admin/admin-fixture.ts";
import { DASHBOARD_FOLDER, serveDashboard } from "./support/dashboard-fixture.ts";

const COMPRESSED_BYTES_MAX = 60_000;

const paths = globSync("**/*.*", { cwd: DASHBOARD_FOLDER }).sort();
const textOf = (path: string) => readFileSync(`${DASHBOARD_FOLDER}/${path}`, "utf8");

test("the dashboard is small", () => {
  assert.ok(paths.includes("index.html"));
  const bytes = paths.reduce((sum, path) => sum + gzipSync(textOf(path)).length, 0);
  assert.ok(bytes <= COMPRESSED_BYTES_MAX, `${bytes} bytes compressed`);
});

test("nothing in the page is inline, and nothing comes from elsewhere", () => {
  const page = textOf("index.html");
  assert.doesNotMatch(page, /<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
  for (const path of paths) {
    const addresses = textOf(path).match(/(?:https?:|data:)[^\s"'`)]*/g) ?? [];
    const foreign = addresses.filter((address) => !address.startsWith("http://www.w3.org/"));
    assert.deepEqual(foreign, [], path);
  }
});

test("a browser that is logged in gets every file, with its type; another gets none", async (t) => {
  const { port, url, newLink } = await serveDashboard(t);
  const login = await ask(port, (await newLink()).slice(url.length));
  const cookie = String(login.headers["set-cookie"]).split(";", 1).join();
  for (const path of ["/", ...paths.map((path) => `/${path}`)]) {
    const told = await ask(port, path, { headers: { cookie } });
    assert.equal(told.status, 200, path);
    assert.match(String(told.headers["content-type"]), typeOf(path), path);
    assert.equal((await ask(port, path)).status, 401, path);
  }
});

function typeOf(path: string): RegExp {
  if (path.endsWith(".js")) return /^text\/javascript/;
  if (path.endsWith(".css")) return /^text\/css/;
  return path.endsWith(".svg") ? /^image\/svg\+xml/ : /^text\/html/;
}
