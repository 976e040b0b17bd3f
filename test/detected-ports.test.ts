// What nobody declares is found out by a mesh of real processes, and the CLI shows it.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { eventually } from "#local/testing/eventually.ts";
import { documentOf } from "./support/echo-documents.ts";
import { RunningMesh } from "./support/running-mesh.ts";

const WITHIN_MS = 15_000;
// HTTP on one port; on the other it greets who connects.
const APPLICATION = `
const http = require("node:http"), net = require("node:net");
http.createServer((_, answer) => answer.end("ok")).listen(process.env.PORT_WEB);
net.createServer((socket) => {
  socket.on("error", () => {});
  socket.write("220 mail\\r\\n");
}).listen(process.env.PORT_POST);
`;
// Asks through its own sidecar, until it is ended; it dials the other by CONNECT and says nothing.
const CALLER = `
const http = require("node:http");
const proxy = new URL(process.env.HTTP_PROXY);
const authorization = "Basic " + Buffer.from(
  decodeURIComponent(proxy.username) + ":" + decodeURIComponent(proxy.password)).toString("base64");
const ask = (method, path, host) => {
  const headers = { host, "proxy-authorization": authorization };
  const asking = http.request({ host: proxy.hostname, port: proxy.port, method, path, headers });
  asking.on("error", () => {});
  asking.on("response", (answer) => answer.resume());
  asking.on("connect", (_, socket) => {
    socket.on("error", () => {});
    socket.once("data", () => socket.destroy());
  });
  asking.end();
};
setInterval(() => {
  ask("GET", "http://things:80/", "things:80");
  ask("CONNECT", "things:25", "things:25");
}, 200);
`;
const DOCUMENTS =
  documentOf("v1", "Service", {
    metadata: { name: "things", namespace: "shop" },
    spec: {
      selector: { app: "things" },
      ports: [
        { name: "web", port: 80, targetPort: "web" },
        { name: "post", port: 25, targetPort: "post" },
        { name: "idle", port: 99, targetPort: "post" },
        { name: "admin", port: 81, targetPort: "web", appProtocol: "http" },
      ],
    },
  }) +
  documentOf("weft.dev/v1alpha1", "Workload", {
    metadata: { name: "things", namespace: "shop", labels: { app: "things" } },
    spec: {
      command: ["node", "-e", APPLICATION],
      ports: [
        { name: "web", port: 8080 },
        { name: "post", port: 8025 },
      ],
    },
  }) +
  documentOf("weft.dev/v1alpha1", "Workload", {
    metadata: { name: "caller", namespace: "shop", labels: { app: "caller" } },
    spec: { command: ["node", "-e", CALLER] },
  });

let mesh: RunningMesh;

before(async () => {
  mesh = await RunningMesh.start({ documents: { "mesh.yaml": DOCUMENTS } });
});

after(() => mesh.stop());

test("`weft get services` shows what is declared, what was detected and what nobody knows", async () => {
  const ports = /80 http \(detected\), 25 tcp \(detected\), 99 \(undeclared\), 81 http$/m;
  let shown = "";
  const isShown = async () => {
    shown = (await mesh.weft("get", "services")).out;
    return ports.test(shown);
  };
  await eventually("detected", isShown, WITHIN_MS).catch(() => assert.match(shown, ports));
  const { out } = await mesh.weft("get", "services", "things", "-o", "json");
  assert.deepEqual(JSON.parse(out)[0].ports[0], {
    name: "web",
    port: 80,
    protocol: "http",
    source: "detected",
  });
});

test("what was detected is proposed to be declared, and is no reason to fail a check", async () => {
  const { out } = await mesh.weft("get", "diagnostics", "-o", "wide");
  assert.match(out, /info +WEFT209 .*things port 80 speaks HTTP\/1.*Set appProtocol: http on/);
  assert.match(out, /info +WEFT209 .*things port 25 speaks plain TCP.*Set appProtocol: tcp on/);
  assert.equal((await mesh.weft("check")).code, 0);
});
