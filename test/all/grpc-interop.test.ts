// gRPC's own interoperability cases, all that need no cloud, between programs that know nothing of
// the mesh: the caller finds its sidecar in $HTTPS_PROXY, as gRPC-Go does.

import assert from "node:assert/strict";
import type { ChildProcess } from "node:child_process";
import { after, before, test } from "node:test";
import { freePort } from "../support/free-port.ts";
import {
  type InteropTarget,
  runInteropCase,
  startInteropApplication,
} from "../support/grpc-interop.ts";
import { SECRET, type SmallMesh, smallMesh } from "../support/small-mesh.ts";

const CASES = [
  "empty_unary",
  "large_unary",
  "client_streaming",
  "server_streaming",
  "ping_pong",
  "empty_stream",
  "timeout_on_sleeping_server",
  "cancel_after_begin",
  "cancel_after_first_response",
  "status_code_and_message",
  "special_status_message",
  "custom_metadata",
  "unimplemented_method",
  "unimplemented_service",
  "orca_per_rpc",
  "orca_oob",
  // Not pick_first_unary: gRPC-Go's application gives no server id, without a mesh neither.
] as const;
// Load reports go to the caller's balancer, and this is the one that the ORCA cases read.
const ORCA = '{"loadBalancingConfig":[{"test_backend_metrics_load_balancer":{}}]}';
const DOCUMENTS = {
  "mesh.yaml": `
apiVersion: v1
kind: Service
metadata: { name: interop, namespace: shop }
spec:
  selector: { app: interop }
  ports: [{ name: grpc, port: 8080, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: interop, namespace: shop, labels: { app: interop } }
spec:
  command: ["true"]
  serviceAccount: interop
  ports: [{ name: grpc, port: 9000, protocol: grpc }]
`,
};

let mesh: SmallMesh;
let application: ChildProcess;
let target: InteropTarget;

before(async () => {
  const port = freePort();
  application = await startInteropApplication(port);
  mesh = await smallMesh(DOCUMENTS);
  await mesh.proxy("interop", { application: { declared: 9000, port } });
  const { settings } = await mesh.proxy("caller");
  const { address, port: outbound } = settings.outbound;
  const proxyUrl = `http://weft:${SECRET}@${address}:${outbound}`;
  target = { name: "interop.shop", port: 8080, proxyUrl };
});

after(async () => {
  application.kill("SIGKILL");
  await mesh.close();
});

for (const name of CASES) {
  test(`the interop case ${name} passes through the pair`, async () => {
    const options = name.startsWith("orca") ? ["-service_config_json", ORCA] : [];
    const { code, said } = await runInteropCase(name, target, options);
    assert.equal(code, 0, said);
  });
}

test("a thousand calls over one channel pass, ten at a time", () => soak("rpc_soak", 1000));

test("calls over channels of their own pass, ten at a time", () => soak("channel_soak", 50));

async function soak(name: string, iterations: number): Promise<void> {
  const sizes = ["-soak_request_size", "1000", "-soak_response_size", "1000"];
  const amount = ["-soak_iterations", String(iterations), "-soak_num_threads", "10"];
  const options = [...sizes, ...amount, "-soak_overall_timeout_seconds", "50"];
  const { code, said } = await runInteropCase(name, target, options);
  assert.equal(code, 0, said.slice(-2000));
}
