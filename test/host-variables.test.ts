// What `weft up` gives a process for a dependency outside the mesh.

import assert from "node:assert/strict";
import { type AddressInfo, connect, createServer } from "node:net";
import { test } from "node:test";
import { documentOf, echoWorkload } from "./support/echo-documents.ts";
import { environmentOf } from "./support/mesh-processes.ts";
import { RunningMesh } from "./support/running-mesh.ts";

test("a process dials a host for TCP by WEFT_..._HOST and _PORT, and `weft get` tells its address", async (t) => {
  const server = createServer((socket) => {
    socket.once("data", (bytes) => socket.end(`database got ${bytes}`));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const entry = documentOf("networking.istio.io/v1", "ServiceEntry", {
    metadata: { name: "db", namespace: "shop" },
    spec: {
      hosts: ["db.example.com"],
      ports: [{ number: 5432, name: "tcp", protocol: "TCP", targetPort: port }],
      resolution: "STATIC",
      endpoints: [{ address: "127.0.0.1" }],
    },
  });
  const caller = echoWorkload({ name: "caller", isServed: false });
  const dependencies = [{ service: "db.example.com", port: 5432, protocol: "tcp" }];
  const workload = JSON.parse(caller.replace(/---\s*$/, ""));
  const documents = {
    "db.yaml": entry,
    "caller.yaml": JSON.stringify({ ...workload, spec: { ...workload.spec, dependencies } }),
  };
  const mesh = await RunningMesh.start({ documents });
  t.after(() => mesh.stop());
  const environment = environmentOf(mesh, "shop/caller");
  const socket = connect({
    host: environment.get("WEFT_DB_EXAMPLE_COM_HOST")!,
    port: Number(environment.get("WEFT_DB_EXAMPLE_COM_PORT")),
  });
  socket.write("hello");
  let text = "";
  for await (const chunk of socket) text += chunk;
  assert.equal(text, "database got hello");
  for (const kind of ["serviceentries", "se"]) {
    const { out } = await mesh.weft("get", kind);
    assert.match(out, /shop +db +accepted +- +db\.example\.com 240\.240\.\d+\.\d+ \(allocated\)$/m);
  }
});
