// Calls on one connection of HTTP/2 are balanced one by one, over all endpoints.

import assert from "node:assert/strict";
import { connect, createServer, type ServerHttp2Stream } from "node:http2";
import { type TestContext, test } from "node:test";
import { echoService, echoWorkload } from "./support/echo-documents.ts";
import { listenOn } from "./support/listen-on.ts";
import { smallMesh } from "./support/small-mesh.ts";

const REPLICAS = ["one", "two", "three"];
const AT_ONCE = 9;
const CALLS = AT_ONCE * 20;
// Else how long a call takes is chance, and who was slow once is asked seldom.
const ANSWER_MS = 20;
const PORT = 9000;

test("each call of a gRPC channel is balanced by itself", async (t) => {
  const mesh = await smallMesh({
    "mesh.yaml":
      REPLICAS.map((name) =>
        echoWorkload({ name, app: "echo" })
          .replace('"name": "http"', `"name": "grpc", "port": ${PORT}`)
          .replace('"protocol": "http"', '"protocol": "grpc"'),
      ).join("") +
      echoWorkload({ name: "caller", isServed: false }) +
      echoService("echo").replace('"targetPort": "http"', '"targetPort": "grpc"'),
  });
  t.after(() => mesh.close());
  const counts = new Map<string, number>();
  for (const name of REPLICAS) {
    const port = await grpcApplication(t, () => counts.set(name, (counts.get(name) ?? 0) + 1));
    await mesh.proxy(name, { application: { declared: PORT, port } });
  }
  const url = new URL((await mesh.proxy("caller")).url("echo:80"));
  const session = connect(url.origin);
  t.after(() => session.close());
  const call = async (): Promise<void> => {
    const stream = session.request({
      ":method": "POST",
      ":path": `${url.pathname}/echo.Echo/Say`,
      "content-type": "application/grpc",
      te: "trailers",
    });
    const status = new Promise((resolve, reject) => {
      stream.once("trailers", (trailers) => resolve(trailers["grpc-status"]));
      stream.once("error", reject);
    });
    stream.resume().end();
    assert.equal(await status, "0");
  };
  const askOn = async (): Promise<void> => {
    for (let i = 0; i < CALLS / AT_ONCE; i++) await call();
  };
  await Promise.all(Array.from({ length: AT_ONCE }, askOn));
  assert.equal(
    [...counts.values()].reduce((sum, count) => sum + count, 0),
    CALLS,
  );
  for (const name of REPLICAS) {
    const count = counts.get(name) ?? 0;
    assert.ok(count >= CALLS / 10, `${name} had ${count} of ${CALLS} calls`);
  }
});

async function grpcApplication(t: TestContext, called: () => void): Promise<number> {
  const server = createServer();
  server.on("stream", (stream: ServerHttp2Stream) => {
    called();
    stream.respond(
      { ":status": 200, "content-type": "application/grpc" },
      { waitForTrailers: true },
    );
    stream.once("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    setTimeout(() => stream.resume().end(), ANSWER_MS);
  });
  t.after(() => server.close());
  return listenOn(server);
}
