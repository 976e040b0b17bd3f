// HTTP/2 to the letter: all cases of h2spec, the strict ones too, against each kind of listener.

import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  type AddressInfo,
  connect as connectPlain,
  createServer,
  type Server,
  type Socket,
} from "node:net";
import { join } from "node:path";
import { before, type TestContext, test } from "node:test";
import { connect } from "node:tls";
import { systemClock } from "#base/clock.ts";
import { Deadlines } from "#base/deadlines.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import type { RequestAcceptor } from "#proxy/exchange/exchange.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import type { ByteStream } from "#proxy/transport/byte-stream.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { netListen } from "#proxy/transport/net-listen.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";
import { echoService, echoWorkload } from "../support/echo-documents.ts";
import { gatewayMesh, KeyFolder, listenerPlan, WEB } from "../support/gateway-mesh.ts";
import { installH2spec, runH2spec } from "../support/h2spec.ts";
import { application, SECRET, smallMesh } from "../support/small-mesh.ts";

const LOOPBACK = "127.0.0.1";
const ALL_PASSED = { passed: 146, skipped: 0, failed: [] };
const MESH_ALPN = "weft/1";

type Address = { readonly address: string; readonly port: number };

let h2spec = "";
before(() => {
  h2spec = installH2spec();
});

test("a plain listener passes all cases", async () => {
  const tools = codecTools();
  const listener = await netListen({ address: LOOPBACK, port: 0 }, (stream) => {
    serve(stream, tools);
  });
  const report = await runH2spec(h2spec, listener);
  listener.close();
  assert.deepEqual(report, ALL_PASSED);
});

test("the TLS listener of a gateway passes all cases", async (t) => {
  const keys = await KeyFolder.make(t);
  const certificates = [await keys.issue(["*"], ["localhost"])];
  const hosts = [{ host: "*", key: WEB }];
  const listener = listenerPlan("secure", { protocol: "https", hosts, certificates });
  const settings = keys.settings([listener]);
  await gatewayMesh(t, { settings, web: (_, response) => response.end("hello") });
  assert.deepEqual(await runH2spec(h2spec, listener, ["-t", "-k"]), ALL_PASSED);
});

// It speaks HTTP/1, too: what names another protocol is closed without an answer.
test("the outbound listener of a sidecar passes all cases", async (t) => {
  const { mesh, app } = await echoMesh(t);
  await mesh.proxy("echo", { application: { declared: 8080, port: app.port } });
  const { settings } = await mesh.proxy("caller");
  const path = `/~${SECRET}/echo:80/`;
  const { outbound } = settings;
  assert.deepEqual(await runH2spec(h2spec, outbound, ["-P", path]), ALL_PASSED);
  assert.equal(await sayTo(outbound, "INVALID CONNECTION PREFACE\r\n\r\n"), "");
});

test("the mesh listener of a sidecar passes all cases", async (t) => {
  const { mesh, app } = await echoMesh(t);
  const { settings } = await mesh.proxy("echo", {
    application: { declared: 8080, port: app.port },
  });
  const file = join(settings.stateFolder, "credentials.json");
  const { key, certificate } = JSON.parse(readFileSync(file, "utf8"));
  const forwarder = forwardTo(settings.mesh, key, certificate);
  const report = await runH2spec(h2spec, await openAt(forwarder));
  forwarder.close();
  assert.deepEqual(report, ALL_PASSED);
});

async function echoMesh(t: TestContext) {
  const app = await application((_, response) => response.end("hello"));
  const caller = echoWorkload({ name: "caller", isServed: false });
  const mesh = await smallMesh({
    "shop.yaml": echoWorkload({ name: "echo" }) + echoService("echo") + caller,
  });
  t.after(async () => {
    await mesh.close();
    app.close();
  });
  return { mesh, app };
}

// h2spec has no certificate of the mesh: this adds one, and forwards bytes.
function forwardTo({ address, port }: Address, key: string, cert: string): Server {
  return createServer({ allowHalfOpen: true }, (near) => {
    const far = connect({
      ...{ host: address, port, key, cert, allowHalfOpen: true },
      ...{ ALPNProtocols: [MESH_ALPN], rejectUnauthorized: false },
    });
    passOn(near, far);
    passOn(far, near);
  });
}

function passOn(from: Socket, to: Socket): void {
  from.pipe(to);
  from.on("error", () => to.destroy());
  from.on("close", () => to.end());
}

// What a listener answers until it closes.
async function sayTo({ address, port }: Address, text: string): Promise<string> {
  const socket = connectPlain({ host: address, port, allowHalfOpen: true });
  socket.write(text);
  let said = "";
  for await (const bytes of socket.setEncoding("latin1")) said += bytes;
  return said;
}

async function openAt(listener: Server): Promise<Address> {
  listener.listen(0, LOOPBACK);
  await once(listener, "listening");
  return listener.address() as AddressInfo;
}

function codecTools(): CodecTools {
  return {
    clock: systemClock,
    deadlines: new Deadlines(systemClock),
    flusher: new TickFlusher(setImmediate),
    blocks: new BlockPool(),
    limits: new LimitsInForce(),
  };
}

function serve(stream: ByteStream, tools: CodecTools): void {
  new Http2ServerConnection(stream, answering, tools, () => {}, "outside");
}

// As the pipeline does: the answer follows the whole request, at the pace of its reader.
const answering: RequestAcceptor = {
  request: (_, stream) => ({
    data() {},
    end() {
      stream.respond({ status: 200, headers: ["content-type", "text/plain"], contentLength: 5 });
      stream.write(Buffer.from("hello"));
      stream.end();
    },
    fail() {},
    drained() {},
  }),
  refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
};
