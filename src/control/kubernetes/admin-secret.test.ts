import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { ApiServerFixture } from "#kubernetes/api-server-fixture.ts";
import { readOrMakeAdminSecret } from "./admin-secret.ts";

const SECRETS = "/api/v1/namespaces/weft-system/secrets";

async function start(t: TestContext) {
  const server = await new ApiServerFixture().listen();
  const api = server.client();
  t.after(async () => {
    api.close();
    await server.close();
  });
  return { server, api };
}

function encoded(text: string): string {
  return Buffer.from(text).toString("base64");
}

test("the first replica makes the tokens", async (t) => {
  const { server, api } = await start(t);
  let count = 0;
  const reading = await readOrMakeAdminSecret(api, () => `${++count}`.padStart(40, "x"));
  assert.ok(reading.kind === "read");
  const made = server.get(`${SECRETS}/weft-admin`);
  assert.deepEqual(made?.["stringData"], reading.tokens);
  assert.notEqual(reading.tokens.read, reading.tokens.write);
});

test("the others take those that are there, also where they come a moment too late", async (t) => {
  const { server, api } = await start(t);
  const [write, read] = ["w".repeat(40), "r".repeat(40)];
  const secret = {
    metadata: { name: "weft-admin" },
    data: { write: encoded(write), read: encoded(read) },
  };
  server.intercept = ({ method }) => {
    // Between the look and the making.
    if (method === "POST") server.put(SECRETS, secret);
    return false;
  };
  const reading = await readOrMakeAdminSecret(api, () => "mine".repeat(10));
  assert.deepEqual(reading, { kind: "read", tokens: { write, read } });
});

test("a Secret without tokens, or that may not be read, is refused with a sentence", async (t) => {
  const { server, api } = await start(t);
  server.put(SECRETS, { metadata: { name: "weft-admin" }, data: { write: encoded("short") } });
  const empty = await readOrMakeAdminSecret(api, () => "x".repeat(40));
  assert.match(JSON.stringify(empty), /no keys write and read/);
  server.intercept = (_, answer) => {
    answer.writeHead(403, { "content-type": "application/json" });
    answer.end('{"message":"secrets is forbidden"}');
    return true;
  };
  const forbidden = await readOrMakeAdminSecret(api, () => "x".repeat(40));
  assert.match(JSON.stringify(forbidden), /secrets is forbidden \(403\)/);
});
