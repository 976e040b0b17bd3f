// A caller and an application that speaks a protocol of its own, and the two ways from one to the
// other: a declared dependency, and CONNECT.

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { connectThrough } from "./connect-through.ts";
import { freePort, OWN_ADDRESS } from "./free-port.ts";
import { SECRET, smallMesh } from "./small-mesh.ts";

export type WayIn = "a declared dependency" | "CONNECT";

export const WAYS_IN: readonly WayIn[] = ["a declared dependency", "CONNECT"];

const SERVICE_PORT = 7000;
const DOCUMENTS = `
apiVersion: v1
kind: Service
metadata: { name: things, namespace: shop }
spec:
  selector: { app: things }
  ports: [{ name: tcp-main, port: ${SERVICE_PORT}, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: things, namespace: shop, labels: { app: things } }
spec:
  command: ["true"]
  serviceAccount: things
  ports: [{ name: tcp-main, port: 9000, protocol: tcp }]
`;

// `port`: where the application listens on loopback. The sockets are closed with the test.
export async function tcpMesh(
  t: TestContext,
  port: number,
): Promise<{ dial(way: WayIn): Promise<Socket> }> {
  const mesh = await smallMesh({ "mesh.yaml": DOCUMENTS });
  const sockets: Socket[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    return mesh.close();
  });
  await mesh.proxy("things", { application: { declared: 9000, port } });
  const key = `things:${SERVICE_PORT}`;
  const on = { address: OWN_ADDRESS, port: freePort() };
  const caller = await mesh.proxy("caller", { settings: { tcp: [{ key, on }] } });
  return {
    async dial(way) {
      const socket = await (way === "CONNECT" ? connectThrough(caller, key, SECRET) : dialled(on));
      sockets.push(socket);
      return socket;
    },
  };
}

async function dialled(on: { readonly address: string; readonly port: number }): Promise<Socket> {
  const socket = connect({ host: on.address, port: on.port });
  await once(socket, "connect");
  return socket;
}
