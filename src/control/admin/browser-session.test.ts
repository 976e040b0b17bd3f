import assert from "node:assert/strict";
import { request } from "node:http";
import { test } from "node:test";
import { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { LoginCode, Role } from "#api/session.ts";
import { LIMITS } from "#base/limits.ts";
import { type RunningAdmin, startAdmin } from "./admin-fixture.ts";

const LEAVE = { method: "POST", body: { namespace: "bookshop", name: "web" } };

test("a login code works once", async (t) => {
  const admin = await startAdmin(t);
  const { path } = await loginCode(admin);
  const first = await admin.ask(path);
  assert.equal(first.status, 200);
  const [cookie] = first.headers["set-cookie"] ?? [];
  assert.match(cookie!, /; HttpOnly; SameSite=Strict$/);
  const second = await admin.ask(path);
  assert.equal(second.status, 401);
  assert.equal(second.headers["set-cookie"], undefined);
});

test("a login code is good for a minute", async (t) => {
  const admin = await startAdmin(t);
  const { path } = await loginCode(admin);
  admin.clock.advance(LIMITS.loginCodeLifeMs);
  assert.equal((await admin.ask(path)).status, 401);
});

test("codes that nobody uses don't pile up: the oldest goes", async (t) => {
  const admin = await startAdmin(t);
  const oldest = await loginCode(admin);
  const second = await loginCode(admin);
  for (let i = 1; i < LIMITS.loginCodesMax; i++) await loginCode(admin);
  assert.equal((await admin.ask(oldest.path)).status, 401);
  assert.equal((await admin.ask(second.path)).status, 200);
});

test("a session has its role, for its time, and can't be forged", async (t) => {
  const admin = await startAdmin(t);
  const { ask, clock, port } = admin;
  const cookie = await session(admin, "read");
  const origin = `http://127.0.0.1:${port}`;
  const told = await ask(ADMIN_PATHS.session, { headers: { cookie } });
  assert.deepEqual(JSON.parse(told.body), { role: "read" });
  assert.equal((await ask("/", { headers: { cookie } })).body, "<h1>Weft</h1>");
  assert.equal(
    (await ask(ADMIN_PATHS.leave, { ...LEAVE, headers: { cookie, origin } })).status,
    403,
  );

  const forged = cookie.replace("=read.", "=write.");
  assert.equal((await ask(ADMIN_PATHS.status, { headers: { cookie: forged } })).status, 401);
  clock.advance(LIMITS.sessionLifeMs);
  assert.equal((await ask(ADMIN_PATHS.status, { headers: { cookie } })).status, 401);
});

test("with a cookie, a change must say which page it comes from", async (t) => {
  const admin = await startAdmin(t);
  const cookie = await session(admin, "write");
  const leave = (headers: Record<string, string>) =>
    admin.ask(ADMIN_PATHS.leave, { ...LEAVE, headers: { cookie, ...headers } });
  assert.equal((await leave({})).status, 403);
  assert.equal((await leave({ origin: "http://evil.example" })).status, 403);
  assert.equal((await leave({ origin: `http://localhost:${admin.port}` })).status, 200);
});

test("views come once a second, are made once for all, and not at all for nobody", async (t) => {
  let made = 0;
  const admin = await startAdmin(t, {
    workloads() {
      made++;
      return [];
    },
  });
  admin.clock.advance(10_000);
  assert.equal(made, 0);
  const first = await watch(admin);
  await first.view(1);
  const second = await watch(admin);
  await second.view(1);
  assert.equal(made, 1, "the second got what was there");
  for (let seconds = 2; seconds <= 4; seconds++) {
    admin.clock.advance(LIMITS.adminViewMs);
    await first.view(seconds);
    await second.view(seconds);
    assert.equal(made, seconds);
  }
  await first.stop();
  await second.stop();
  await until(() => admin.api.listeners === 0);
  admin.clock.advance(10_000);
  assert.equal(made, 4);
  assert.equal(admin.clock.timersPending, 0);
});

test("there is a limit to those who watch", async (t) => {
  const admin = await startAdmin(t);
  for (let i = 0; i < LIMITS.adminListenersMax; i++) await watch(admin);
  const { status, body } = await admin.ask(ADMIN_PATHS.events, { token: admin.read });
  assert.equal(status, 503);
  assert.equal(JSON.parse(body).code, "too-many-listeners");
});

async function loginCode({ ask, write }: RunningAdmin, role?: Role): Promise<LoginCode> {
  const body = role === undefined ? {} : { role };
  const told = await ask(ADMIN_PATHS.loginCodes, { method: "POST", token: write, body });
  return JSON.parse(told.body);
}

async function session(admin: RunningAdmin, role: Role): Promise<string> {
  const { path } = await loginCode(admin, role);
  const [cookie] = (await admin.ask(path)).headers["set-cookie"] ?? [];
  return cookie!.split(";")[0]!;
}

// A listener, and a wait for the n-th view of the stream.
async function watch({ port, read }: RunningAdmin) {
  let text = "";
  const asking = request({
    host: "127.0.0.1",
    port,
    path: ADMIN_PATHS.events,
    headers: { authorization: `Bearer ${read}` },
    agent: false,
  });
  asking.on("error", () => {});
  asking.end();
  await new Promise<void>((resolve) => {
    asking.on("response", (answer) => {
      answer.on("error", () => {});
      answer.on("data", (chunk: Buffer) => {
        text += chunk.toString("utf8");
      });
      resolve();
    });
  });
  return {
    view: (n: number) => until(() => text.includes(`event: view\nid: ${n}\ndata: {"atMs":`)),
    async stop() {
      asking.destroy();
    },
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let i = 0; i < 500 && !holds(); i++) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(holds(), "in vain");
}
