// A small mesh with a gateway in front of it: "web" answers over HTTP what it was asked, "tls" ends
// TLS of its own behind a TCP port.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { withHash } from "#compile/plan-hash.ts";
import type { GatewaySettings } from "#proxy/pipeline/gateway/gateway-settings.ts";
import type {
  GatewayCertificatePlan,
  GatewayListenerPlan,
  GatewayPlan,
  GatewayServicePlan,
  ProxyProtocolPlan,
} from "#snapshot/gateway-plan.ts";
import { freePort, OWN_ADDRESS } from "./free-port.ts";
import { application, type RunningProxy, type SmallMesh, smallMesh } from "./small-mesh.ts";
import { type Material, TestAuthority } from "./test-authority.ts";
import type { Cleanup } from "./whole-file.ts";

export const WEB = "web.shop:80";
export const TLS = "secret.shop:443";

const DOCUMENTS = `
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ name: http, port: 80, targetPort: http }] }
---
apiVersion: v1
kind: Service
metadata: { name: secret, namespace: shop }
spec: { selector: { app: secret }, ports: [{ name: tcp, port: 443, targetPort: tcp }] }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: web, namespace: shop, labels: { app: web } }
spec:
  command: ["true"]
  serviceAccount: web
  ports: [{ name: http, port: 8080, protocol: http }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: secret, namespace: shop, labels: { app: secret } }
spec:
  command: ["true"]
  serviceAccount: secret
  ports: [{ name: tcp, port: 8443, protocol: tcp }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: edge, namespace: shop, labels: { app: edge } }
spec: { command: ["true"], serviceAccount: edge }
`;

export const OFF: ProxyProtocolPlan = { kind: "off" };

export function listenerPlan(
  name: string,
  service: GatewayServicePlan,
  proxyProtocol: ProxyProtocolPlan = OFF,
): GatewayListenerPlan {
  return { name, address: OWN_ADDRESS, port: freePort(), proxyProtocol, ...service };
}

export function gatewayPlan(listeners: readonly GatewayListenerPlan[]): GatewayPlan {
  return withHash({ kind: "gateway" as const, id: "gateway/shop/edge", listeners });
}

export const HOSTS = [{ host: "web.example", key: WEB }];

// Certificates that the test's authority has made, and their keys as files.
export class KeyFolder {
  readonly folder = mkdtempSync(join(tmpdir(), "weft-keys-"));
  readonly keys: { readonly name: string; readonly file: string }[] = [];
  readonly authority: TestAuthority;

  private constructor(authority: TestAuthority) {
    this.authority = authority;
  }

  static async make(t: Cleanup): Promise<KeyFolder> {
    const folder = new KeyFolder(await TestAuthority.create());
    t.after(() => rmSync(folder.folder, { recursive: true }));
    return folder;
  }

  // `hosts` of the plan; the certificate says `names`.
  async issue(hosts: readonly string[], names = hosts): Promise<GatewayCertificatePlan> {
    const { keyPem, certificatePem } = await this.authority.issue({ uris: [], dns: names });
    const name = `key-${this.keys.length}`;
    const file = join(this.folder, name);
    writeFileSync(file, keyPem, { mode: 0o600 });
    this.keys.push({ name, file });
    return { hosts, chainPem: certificatePem, key: name };
  }

  settings(listeners: readonly GatewayListenerPlan[]): GatewaySettings {
    return { plan: gatewayPlan(listeners), keys: this.keys, sockets: [] };
  }
}

export type GatewayMesh = {
  readonly mesh: SmallMesh;
  readonly gateway: RunningProxy;
};

export type GatewayMeshOptions = {
  readonly settings: GatewaySettings;
  readonly web?: RequestListener;
  // What the workload "secret" shows who gets through to it.
  readonly secret?: Material;
};

export async function gatewayMesh(
  t: Cleanup,
  { settings, ...behind }: GatewayMeshOptions,
): Promise<GatewayMesh> {
  const mesh = await shopMesh(t, behind);
  return { mesh, gateway: await mesh.proxy("edge", { settings: { gateway: settings } }) };
}

// What the gateway is for, without it.
export async function shopMesh(
  t: Cleanup,
  { web, secret }: Omit<GatewayMeshOptions, "settings"> = {},
): Promise<SmallMesh> {
  const mesh = await smallMesh({ "shop.yaml": DOCUMENTS });
  const closers: (() => void)[] = [];
  t.after(async () => {
    await mesh.close();
    for (const close of closers) close();
  });
  const app = await application(web ?? tellBack);
  closers.push(() => app.close());
  await mesh.proxy("web", { application: { declared: 8080, port: app.port } });
  if (secret) {
    const port = await secretApplication(secret, closers);
    await mesh.proxy("secret", { application: { declared: 8443, port } });
  }
  return mesh;
}

// Everything that it was told, as JSON.
const tellBack: RequestListener = (request, response) => {
  const { method, url, headers, rawHeaders } = request;
  response.end(JSON.stringify({ method, url, headers, rawHeaders }));
};

function secretApplication({ keyPem, certificatePem }: Material, closers: (() => void)[]) {
  const server = createTlsServer({ key: keyPem, cert: certificatePem }, (socket) => {
    socket.on("error", () => {});
    socket.end("only for you");
  });
  closers.push(() => void server.close());
  return new Promise<number>((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
