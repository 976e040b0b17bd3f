// A caller and an application whose connections are intercepted. Where a connection was going the
// test says instead of a kernel; everything else is as in a pod.

import type { Server } from "node:net";
import { connect, type Socket } from "node:net";
import type { TestContext } from "node:test";
import { systemClock } from "#base/clock.ts";
import type { Log, LogFields } from "#base/log.ts";
import { silentLog } from "#base/log.ts";
import { CLUSTER_MESH_SETTINGS } from "#ir/default-mesh-settings.ts";
import type { MeshSettings } from "#ir/model.ts";
import type { Target } from "#proxy/transport/byte-stream.ts";
import { netDial } from "#proxy/transport/net-dial.ts";
import { freePort, OWN_ADDRESS } from "./free-port.ts";
import { listenOn } from "./listen-on.ts";
import { type RunningProxy, type SmallMesh, smallMesh } from "./small-mesh.ts";

export const SERVICE_ADDRESS = "10.96.0.7";
export const HOST = "things.example";
export const SERVICE: Target = { address: SERVICE_ADDRESS, port: 80 };
// The application's and the caller's own.
const POD_ADDRESS = "127.0.0.1";
// RFC 5737; here it is this machine.
export const OUTSIDE_ADDRESS = "192.0.2.9";

export type InterceptedOptions = {
  // As Workloads name them; absent: nobody declares it.
  readonly protocol?: "http" | "http2" | "tcp";
  readonly documents?: string;
  readonly mesh?: MeshSettings;
};

export type InterceptedMesh = {
  readonly mesh: SmallMesh;
  readonly caller: RunningProxy;
  readonly things: RunningProxy;
  readonly port: number; // the application's
  readonly warnings: { readonly message: string; readonly fields: LogFields }[];
  // The caller's application dials.
  dial(to: Target): Socket;
  // Somebody without a proxy dials the application. `from`: the application itself.
  dialIn(port: number, from?: "itself"): Socket;
  metrics(of: RunningProxy): Promise<string>;
};

export async function interceptedMesh(
  t: TestContext,
  application: Pick<Server, "listen" | "address" | "close">,
  { protocol, documents = "", mesh: settings = CLUSTER_MESH_SETTINGS }: InterceptedOptions = {},
): Promise<InterceptedMesh> {
  const port = await listenOn(application);
  t.after(() => application.close());
  const warnings: InterceptedMesh["warnings"] = [];
  const log: Log = {
    ...silentLog,
    warn: (message, fields = {}) => void warnings.push({ message, fields }),
  };
  const all = `${documentsFor(port, protocol)}${documents}`;
  const mesh = await smallMesh({ "mesh.yaml": all }, log, undefined, settings);
  const sockets: Socket[] = [];
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    return mesh.close();
  });
  const goals = new Map<string, Target>();
  const network = {
    dial: dialHere,
    originalDestinations: async () => ({
      of: (stream: { readonly remote: string }) => goals.get(stream.remote),
      misses: {},
    }),
  };
  const start = async (name: string): Promise<RunningProxy> => {
    const on = () => [{ address: OWN_ADDRESS, port: freePort() }];
    const interception = { outbound: on(), inbound: on(), addresses: [POD_ADDRESS] };
    const readiness = { kind: "none" } as const;
    const identity = `spiffe://${settings.trustDomain}/ns/shop/sa/${name}`;
    const meshOn = { address: POD_ADDRESS, port: freePort() };
    const own = { interception, readiness, identity, mesh: meshOn };
    return mesh.proxy(name, { network, settings: own });
  };
  const [things, caller] = [await start("things"), await start("caller")];
  const reach = (at: Target, goal: Target, from: string): Socket => {
    const localPort = freePort();
    goals.set(`${from}:${localPort}`, goal);
    const here = { host: at.address, port: at.port, localAddress: from, localPort };
    const socket = connect({ ...here, allowHalfOpen: true });
    socket.on("error", () => {});
    sockets.push(socket);
    return socket;
  };
  return {
    ...{ mesh, caller, things, port, warnings },
    dial: (to) => reach(caller.settings.interception!.outbound[0]!, to, OWN_ADDRESS),
    dialIn(to, from) {
      const goal = { address: POD_ADDRESS, port: to };
      const source = from === "itself" ? POD_ADDRESS : OWN_ADDRESS;
      return reach(things.settings.interception!.inbound[0]!, goal, source);
    },
    async metrics(of) {
      const { address, port: metrics } = of.settings.metrics;
      return (await fetch(`http://${address}:${metrics}/metrics`)).text();
    },
  };
}

const dialHere: ReturnType<typeof netDial> = (target, timeoutMs, events) => {
  const address = target.address === OUTSIDE_ADDRESS ? "127.0.0.1" : target.address;
  return netDial(systemClock)({ ...target, address }, timeoutMs, events);
};

function documentsFor(port: number, protocol: InterceptedOptions["protocol"]): string {
  const spoken = protocol === undefined ? "" : `, protocol: ${protocol}`;
  return `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: things, namespace: shop }
spec:
  hosts: [${HOST}]
  addresses: [${SERVICE_ADDRESS}]
  location: MESH_INTERNAL
  resolution: STATIC
  workloadSelector: { labels: { app: things } }
  ports: [{ name: main, number: 80, targetPort: ${port}${spoken.toUpperCase().replace("PROTOCOL", "protocol")} }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: things, namespace: shop, labels: { app: things } }
spec:
  command: ["true"]
  serviceAccount: things
  ports: [{ name: main, port: ${port}${spoken} }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
`;
}
