// A mesh with one workload that others reach over HBONE: an echo over TCP that speaks first, and
// an HTTP application.

import { createServer as createHttp } from "node:http";
import { createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";
import type { ConnectionOptions } from "node:tls";
import { freePort } from "./free-port.ts";
import { type PeerMaterial, type PeerSession, peerMaterial, peerSession } from "./hbone-peer.ts";
import { listenOn } from "./listen-on.ts";
import { OPEN_METRICS } from "./open-metrics.ts";
import { type RunningProxy, type SmallMesh, smallMesh } from "./small-mesh.ts";

export const HTTP_PORT = 9000;
export const TCP_PORT = 9007;
// Declared, and nobody listens there.
export const DEAD_PORT = 9099;
export const GREETING = "hello ";

export type HboneMesh = {
  readonly mesh: SmallMesh;
  readonly backend: RunningProxy;
  // Connections that the TCP application has.
  readonly sockets: ReadonlySet<Socket>;
  // "127.101.3.7:9007", as a CONNECT asks for it.
  authority(port: number): string;
  // A certificate of this mesh for somebody who is none of its workloads.
  readonly material: PeerMaterial;
  // Another mesh's proxy, with a certificate of this mesh unless others are given.
  peer(options?: ConnectionOptions): PeerSession;
  metrics(): Promise<string>;
};

export async function hboneMesh(t: TestContext): Promise<HboneMesh> {
  const http = createHttp((asked, answer) => answer.end(`plain ${asked.url}`));
  const sockets = new Set<Socket>();
  const echo = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    socket.write(GREETING);
    socket.pipe(socket);
  });
  const mesh = await smallMesh({ "mesh.yaml": hboneDocuments([HTTP_PORT, TCP_PORT, DEAD_PORT]) });
  const sessions: PeerSession[] = [];
  t.after(async () => {
    for (const { session } of sessions) session.destroy();
    for (const socket of sockets) socket.destroy();
    await mesh.close();
    for (const server of [http, echo]) server.close();
    http.closeAllConnections();
  });
  const [httpPort, tcpPort] = await Promise.all([http, echo].map((server) => listenOn(server)));
  const application = [
    { declared: HTTP_PORT, address: "127.0.0.1", port: httpPort! },
    { declared: TCP_PORT, address: "127.0.0.1", port: tcpPort! },
    { declared: DEAD_PORT, address: "127.0.0.1", port: freePort() },
  ];
  const backend = await mesh.proxy("backend", {
    settings: { application, readiness: { kind: "none" } },
  });
  const { address } = backend.settings.mesh;
  const { metrics } = backend.settings;
  const material = await peerMaterial(mesh);
  return {
    mesh,
    backend,
    sockets,
    material,
    authority: (port) => `${address}:${port}`,
    peer(options = material) {
      const opened = peerSession(backend.settings.mesh, options);
      sessions.push(opened);
      return opened;
    },
    metrics: async () =>
      (await fetch(`http://${metrics.address}:${metrics.port}/metrics`, OPEN_METRICS)).text(),
  };
}

export function hboneDocuments(ports: readonly number[]): string {
  const declared = ports.map((port) => {
    const protocol = port === TCP_PORT ? "tcp" : "http";
    return `    - { name: ${protocol}-${port}, port: ${port}, protocol: ${protocol} }`;
  });
  return `
apiVersion: v1
kind: Service
metadata: { name: chat, namespace: shop }
spec:
  selector: { app: backend }
  ports:
    - { name: http, port: 80, targetPort: ${HTTP_PORT} }
    - { name: tcp-echo, port: 7, targetPort: ${TCP_PORT} }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: backend, namespace: shop, labels: { app: backend } }
spec:
  command: ["true"]
  serviceAccount: backend
  ports:
${declared.join("\n")}
`;
}
