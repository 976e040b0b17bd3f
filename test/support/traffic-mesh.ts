// A small mesh with one caller, the service `echo` that the test's rule is about, and `shadow` for
// copies. What reaches each of the two is noted.

import type { IncomingMessage, ServerResponse } from "node:http";
import type { ControlPlane } from "#control/plane/control-plane.ts";
import { application, type RunningProxy, smallMesh } from "./small-mesh.ts";

export type Seen = {
  readonly method: string;
  readonly url: string;
  readonly host: string;
  readonly body: string;
};
export type Answerer = (seen: Seen, response: ServerResponse, count: number) => void;

export type TrafficMesh = {
  readonly caller: RunningProxy;
  readonly echo: readonly Seen[];
  readonly shadow: readonly Seen[];
  readonly url: string;
  readonly control: ControlPlane;
};

const APPLICATION = (name: string) => `---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { app: ${name} }
  ports: [{ name: http, port: 8080, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: ${name}, namespace: shop, labels: { app: ${name} } }
spec:
  command: ["true"]
  serviceAccount: ${name}
  ports: [{ name: http, port: 9000, protocol: http }]
`;
const CALLER = `---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
`;

export type TrafficOptions = {
  // Everything after `http:`, indented by two.
  readonly route: string;
  readonly answer: Answerer;
  readonly shadow?: Answerer;
};

export async function trafficMesh(
  t: { after(run: () => Promise<void>): void },
  { route, answer, shadow = (_, response) => response.end("shadow") }: TrafficOptions,
): Promise<TrafficMesh> {
  const atEcho: Seen[] = [];
  const atShadow: Seen[] = [];
  const echo = await application(noting(atEcho, answer));
  const copies = await application(noting(atShadow, shadow));
  const mesh = await smallMesh({
    "mesh.yaml": APPLICATION("echo") + APPLICATION("shadow") + CALLER,
    "route.yaml": route,
  });
  t.after(async () => {
    await mesh.close();
    echo.close();
    copies.close();
  });
  await mesh.proxy("echo", { application: { declared: 9000, port: echo.port } });
  await mesh.proxy("shadow", { application: { declared: 9000, port: copies.port } });
  const caller = await mesh.proxy("caller");
  const url = caller.url("echo:8080");
  return { caller, echo: atEcho, shadow: atShadow, url, control: mesh.control };
}

export function virtualService(rule: string, annotations = "{}"): string {
  return `
apiVersion: networking.istio.io/v1
kind: VirtualService
metadata: { name: echo, namespace: shop, annotations: ${annotations} }
spec:
  hosts: [echo]
  http:
    - route: [{ destination: { host: echo } }]
${rule}`;
}

export function httpRoute(rule: string): string {
  return `
apiVersion: gateway.networking.k8s.io/v1
kind: HTTPRoute
metadata: { name: echo, namespace: shop }
spec:
  parentRefs: [{ group: "", kind: Service, name: echo }]
  rules:
    - backendRefs: [{ name: echo, port: 8080 }]
${rule}`;
}

export async function metricsOf({ settings }: RunningProxy): Promise<string> {
  const { address, port } = settings.metrics;
  return (await fetch(`http://${address}:${port}/metrics`)).text();
}

function noting(seen: Seen[], answer: Answerer) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => void chunks.push(chunk));
    request.on("end", () => {
      const { method = "", url = "", headers } = request;
      const one = { method, url, host: headers.host ?? "", body: Buffer.concat(chunks).toString() };
      seen.push(one);
      answer(one, response, seen.length);
    });
  };
}
