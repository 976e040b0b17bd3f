// A small mesh whose callers "web" and "batch" ask "echo", of which it is counted what it saw, or
// "ledger" in another namespace.

import { request } from "node:http";
import { application, type RunningProxy, type SmallMesh, smallMesh } from "./small-mesh.ts";
import type { Cleanup } from "./whole-file.ts";

const DOCUMENTS = `
apiVersion: v1
kind: Service
metadata: { name: echo, namespace: shop }
spec: { selector: { app: echo }, ports: [{ name: http, port: 80, targetPort: 9000 }] }
---
apiVersion: v1
kind: Service
metadata: { name: ledger, namespace: payments }
spec: { selector: { app: ledger }, ports: [{ name: http, port: 80, targetPort: 9000 }] }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: echo, namespace: shop, labels: { app: echo } }
spec: { command: ["true"], ports: [{ name: http, port: 9000, protocol: http }] }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: ledger, namespace: payments, labels: { app: ledger } }
spec: { command: ["true"], ports: [{ name: http, port: 9000, protocol: http }] }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: web, namespace: shop, labels: { app: web, tier: front } }
spec: { command: ["true"] }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: batch, namespace: shop, labels: { app: batch } }
spec: { command: ["true"] }
`;

export type Seen = {
  readonly by: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
};

export type Told = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
};

export type ShapingMesh = {
  readonly mesh: SmallMesh;
  readonly web: RunningProxy;
  readonly seen: Seen[]; // by the applications, in order
  ask(path: string, options?: AskOptions): Promise<Told>;
};

export type AskOptions = {
  readonly headers?: Readonly<Record<string, string>>;
  readonly method?: string;
  readonly by?: RunningProxy;
};

export async function shapingMesh(t: Cleanup, routes: string): Promise<ShapingMesh> {
  const seen: Seen[] = [];
  const app = (by: string) =>
    application(({ method = "", url = "", headers }, response) => {
      seen.push({ by, method, url, headers: headers as Seen["headers"] });
      response.setHeader("x-secret", "inner").setHeader("x-kept", "1").end(by);
    });
  const apps = await Promise.all([app("echo"), app("ledger")]);
  const mesh = await smallMesh({ "mesh.yaml": DOCUMENTS, "routes.yaml": routes });
  t.after(async () => {
    await mesh.close();
    for (const { close } of apps) close();
  });
  for (const [i, name] of ["echo", "ledger"].entries()) {
    await mesh.proxy(name, { application: { declared: 9000, port: apps[i]!.port } });
  }
  const web = await mesh.proxy("web");
  return { mesh, web, seen, ask: (path, options) => ask(web, path, options) };
}

function ask(web: RunningProxy, path: string, options: AskOptions = {}): Promise<Told> {
  const { method = "GET", headers = {}, by = web } = options;
  return new Promise((resolve, reject) => {
    const asking = request(by.url("echo.shop:80") + path, { method, headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk) => {
        text += chunk;
      });
      answer.on("end", () => {
        resolve({ status: answer.statusCode!, headers: answer.headers, text });
      });
    });
    asking.on("error", reject);
    asking.end();
  });
}
