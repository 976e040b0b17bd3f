import assert from "node:assert/strict";
import { chmodSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import { LIMITS } from "#base/limits.ts";
import { type Asked, newApi, startAdmin } from "./admin-fixture.ts";

const LEAVE = { method: "POST", body: { namespace: "bookshop", name: "web" } };

test("nobody gets anything without a token, on loopback either", async (t) => {
  const { ask } = await startAdmin(t);
  const { login, ...guarded } = ADMIN_PATHS;
  for (const path of [...Object.values(guarded), "/", "/assets/main.js", "/nothing"]) {
    for (const method of ["GET", "POST", "PUT", "DELETE", "HEAD"]) {
      const { status, body } = await ask(path, { method, headers: { authorization: "Bearer x" } });
      assert.equal(status, 401, `${method} ${path}`);
      assert.doesNotMatch(body, /bookshop|<h1>/);
    }
  }
  assert.equal((await ask(login)).status, 401);
});

test("a token that is nearly right is wrong", async (t) => {
  const { ask, read } = await startAdmin(t);
  for (const token of [read.slice(1), `${read}x`, read.toUpperCase(), "", "null"]) {
    assert.equal((await ask(ADMIN_PATHS.status, { token })).status, 401, token);
  }
  const basic = { authorization: `Basic ${read}` };
  assert.equal((await ask(ADMIN_PATHS.status, { headers: basic })).status, 401);
});

test("role read sees everything and changes nothing", async (t) => {
  const { ask, read, write } = await startAdmin(t);
  const { status, workloads, stat, edges, routes, objects, diagnostics, check } = ADMIN_PATHS;
  for (const path of [status, workloads, stat, edges, routes, objects, diagnostics, check]) {
    assert.equal((await ask(path, { token: read })).status, 200, path);
  }
  const changing: [string, Asked][] = [
    [ADMIN_PATHS.leave, LEAVE],
    [ADMIN_PATHS.loginCodes, { method: "POST", body: {} }],
    [ADMIN_PATHS.join, { method: "POST", body: {} }],
  ];
  for (const [path, asked] of changing) {
    assert.equal((await ask(path, { ...asked, token: read })).status, 403, path);
  }
  assert.equal((await ask(ADMIN_PATHS.leave, { ...LEAVE, token: write })).status, 200);
});

test("only its own names are answered, whatever resolves to this machine", async (t) => {
  const { ask, read, port } = await startAdmin(t);
  const by = (host: string) => ask(ADMIN_PATHS.status, { token: read, headers: { host } });
  for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `LOCALHOST:${port}`]) {
    assert.equal((await by(host)).status, 200, host);
  }
  for (const host of ["evil.example", `evil.example:${port}`, "localhost", `127.0.0.1:${port}.x`]) {
    const { status, body } = await by(host);
    assert.equal(status, 403, host);
    assert.equal(JSON.parse(body).code, "host-forbidden");
  }
});

test("through a forwarded port it answers for loopback, whatever the port is there", async (t) => {
  const { ask, write } = await startAdmin(t, {}, { isForwarded: true });
  const leave = (headers: Record<string, string>) =>
    ask(ADMIN_PATHS.leave, { ...LEAVE, token: write, headers });
  for (const host of ["127.0.0.1:8080", "localhost:40123"]) {
    assert.equal((await leave({ host })).status, 200, host);
    assert.equal((await leave({ host, origin: `http://${host}` })).status, 200, host);
    // A page of another port of that machine.
    for (const origin of ["http://localhost:9999", "http://127.0.0.1", "http://evil.example"]) {
      assert.equal((await leave({ host, origin })).status, 403, origin);
    }
  }
  for (const host of ["evil.example:8080", "localhost.evil.example:80", "localhost", "[::1]:80"]) {
    assert.equal((await leave({ host })).status, 403, host);
  }
});

test("a page of another site gets nothing, even with a valid token", async (t) => {
  const { ask, write, port } = await startAdmin(t);
  const leave = (headers: Record<string, string>) =>
    ask(ADMIN_PATHS.leave, { ...LEAVE, token: write, headers });
  assert.equal((await leave({ origin: `http://127.0.0.1:${port}` })).status, 200);
  assert.equal((await leave({ origin: `http://localhost:${port}` })).status, 200);
  for (const origin of ["http://evil.example", "null", `https://127.0.0.1:${port}`]) {
    assert.equal((await leave({ origin })).status, 403, origin);
  }
  // Another port of this machine is another origin, though browsers call it the same site.
  assert.equal((await leave({ "sec-fetch-site": "same-site" })).status, 403);
  const events = await ask(ADMIN_PATHS.events, {
    token: write,
    headers: { origin: `http://127.0.0.1:${port + 1}` },
  });
  assert.equal(events.status, 403);
});

test("every answer carries the headers that keep browsers strict", async (t) => {
  const { ask, read } = await startAdmin(t);
  for (const path of ["/", ADMIN_PATHS.status, "/nothing", "/%zz"]) {
    for (const token of [read, "wrong"]) {
      const { headers } = await ask(path, { token });
      assert.match(String(headers["content-security-policy"]), /default-src 'self'/, path);
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.equal(headers["cache-control"], "no-store");
      assert.equal(headers["access-control-allow-origin"], undefined);
    }
  }
});

test("only JSON that fits the schema is taken", async (t) => {
  const { ask, write } = await startAdmin(t);
  const post = async (body: unknown, headers = {}) => {
    const told = await ask(ADMIN_PATHS.leave, { method: "POST", token: write, body, headers });
    return [told.status, JSON.parse(told.body).code];
  };
  assert.deepEqual(await post({ namespace: "bookshop" }), [400, "request-invalid"]);
  assert.deepEqual(await post({ ...LEAVE.body, more: 1 }), [400, "request-invalid"]);
  assert.deepEqual(await post({ ...LEAVE.body, name: 7 }), [400, "request-invalid"]);
  assert.deepEqual(await post({ ...LEAVE.body, name: "../x" }), [400, "request-invalid"]);
  const huge = { ...LEAVE.body, name: "x".repeat(LIMITS.adminBodyBytesMax) };
  assert.deepEqual(await post(huge), [413, "body-too-large"]);
  for (const type of ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]) {
    assert.deepEqual(await post(LEAVE.body, { "content-type": type }), [415, "not-json"]);
  }
  const query = await ask(`${ADMIN_PATHS.stat}?windowMs=-1`, { token: write });
  assert.equal(query.status, 400);
});

test("a token is 0600, outlives a restart, and is replaced once others can read it", async (t) => {
  const first = await startAdmin(t);
  const path = join(first.folder, "read-token");
  assert.equal(statSync(path).mode & 0o777, 0o600);
  const tokens = () => first.ask(ADMIN_PATHS.status, { token: first.read });
  newApi(first.clock, first.folder, {});
  assert.equal((await tokens()).status, 200);
  assert.equal(readFileSync(path, "utf8").trim(), first.read);
  writeFileSync(path, first.read);
  chmodSync(path, 0o644);
  newApi(first.clock, first.folder, {});
  assert.notEqual(readFileSync(path, "utf8").trim(), first.read);
  assert.equal(statSync(path).mode & 0o777, 0o600);
});

test("files come from the table that was read at the start, and from nowhere else", async (t) => {
  const { ask, read, folder } = await startAdmin(t);
  const get = async (path: string) => (await ask(path, { token: read })).status;
  assert.equal(await get("/"), 200);
  assert.equal(await get("/assets/main.js"), 200);
  assert.equal(await get("/assets/main.js?v=1"), 200);
  writeFileSync(join(folder, "dashboard", "late.js"), "//");
  for (const path of [
    "/late.js",
    "/../admin-token",
    "/assets/../../admin-token",
    "/%2e%2e/admin-token",
    "/..%2fadmin-token",
    "//etc/passwd",
    "/assets/",
  ]) {
    assert.equal(await get(path), 404, path);
  }
});

test("what the backend refuses is told with its code", async (t) => {
  const { ask, write } = await startAdmin(t);
  const body = {
    namespace: "bookshop",
    name: "job",
    serviceAccount: "job",
    labels: [],
    ports: [],
    dependencies: [],
  };
  const told = await ask(ADMIN_PATHS.join, { method: "POST", token: write, body });
  assert.equal(told.status, 422);
  assert.deepEqual(JSON.parse(told.body).message, "Cannot do it here");
});

test("a failure of ours tells no details", async (t) => {
  const { ask, read } = await startAdmin(t, {
    status() {
      throw new Error("secret path /home/x");
    },
  });
  const { status, body } = await ask(ADMIN_PATHS.status, { token: read });
  assert.equal(status, 500);
  assert.doesNotMatch(body, /secret/);
});
