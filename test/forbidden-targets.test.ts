// What an application may not ask its own sidecar for, in each of the forms in which it can ask.

import assert from "node:assert/strict";
import { type IncomingMessage, request } from "node:http";
import { test } from "node:test";
import { echoService, echoWorkload } from "./support/echo-documents.ts";
import { type RunningProxy, SECRET, smallMesh } from "./support/small-mesh.ts";

const AUTHORIZATION = `Basic ${Buffer.from(`weft:${SECRET}`).toString("base64")}`;
const FORBIDDEN = [
  "169.254.169.254:80",
  "169.254.169.254",
  "[::ffff:169.254.169.254]:80",
  "[fe80::1]:80",
  "127.0.0.1:80",
  "[::1]:80",
  "localhost:80",
  "echo.shop:15001",
  "echo.shop:15090",
];

test("the deny list holds for CONNECT, the absolute form and a dependency's path", async (t) => {
  const mesh = await smallMesh({
    "shop.yaml":
      echoWorkload({ name: "caller", isServed: false }) +
      echoWorkload({ name: "echo" }) +
      echoService("echo"),
  });
  t.after(() => mesh.close());
  const caller = await mesh.proxy("caller");
  for (const key of FORBIDDEN) {
    for (const [method, path] of [
      ["CONNECT", key.includes(":") ? key : `${key}:80`],
      ["GET", `http://${key}/latest/meta-data`],
      ["GET", `/~${SECRET}/${key}/latest/meta-data`],
    ] as const) {
      const answer = await ask(caller, method, path);
      const { "weft-cause": cause } = answer.headers;
      const found = [answer.statusCode, cause];
      assert.deepEqual(found, [403, "destination-forbidden"], `${method} ${path}`);
    }
  }
  const unknown = await ask(caller, "GET", "http://nobody.shop:14999/");
  assert.equal(unknown.headers["weft-cause"], "destination-unknown");
});

function ask(caller: RunningProxy, method: string, path: string): Promise<IncomingMessage> {
  const { address, port } = caller.settings.outbound;
  const key = path.replace("http://", "").split("/", 1)[0]!;
  const headers = path.startsWith("/") ? {} : { host: key, "proxy-authorization": AUTHORIZATION };
  const asking = request({ host: address, port, method, path, headers, agent: false });
  return new Promise((resolve, reject) => {
    for (const event of ["response", "connect"]) {
      asking.on(event, (answer: IncomingMessage) => resolve(answer.resume()));
    }
    asking.on("error", reject);
    asking.end();
  });
}
