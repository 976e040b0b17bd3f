import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { TLSSocket } from "node:tls";
import { certificateRequest } from "#identity/certificate-request.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import { askOf, outsideMesh } from "./support/outside-mesh.ts";
import type { SmallMesh } from "./support/small-mesh.ts";
import { type Material, TestAuthority } from "./support/test-authority.ts";

type Test = { after(run: () => void | Promise<void>): void };

// Answers with the server's name that was asked for, and who asked.
async function secureServer(
  t: Test,
  { keyPem, certificatePem, trustPem }: Material,
): Promise<number> {
  const server = createServer(
    {
      key: keyPem,
      cert: certificatePem,
      ca: [...trustPem],
      requestCert: true,
      rejectUnauthorized: false,
    },
    (request, response) => {
      const socket = request.socket as TLSSocket & { servername?: string };
      response.end(
        `${socket.servername} ${socket.getPeerCertificate().subjectaltname ?? "nobody"}`,
      );
    },
  );
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return (server.address() as AddressInfo).port;
}

const documents = (port: number, tls: string): string => `
apiVersion: networking.istio.io/v1
kind: ServiceEntry
metadata: { name: api, namespace: shop }
spec:
  hosts: [api.example.com]
  ports: [{ number: 80, name: http, protocol: HTTP, targetPort: ${port} }]
  resolution: STATIC
  endpoints: [{ address: 127.0.0.1 }]
---
apiVersion: networking.istio.io/v1
kind: DestinationRule
metadata: { name: api, namespace: shop }
spec: { host: api.example.com, trafficPolicy: { tls: ${tls} } }
`;

async function meshWith(t: Test, port: number): Promise<(tls: string) => Promise<string>> {
  const mesh: SmallMesh = await outsideMesh(t, documents(port, "{ mode: DISABLE }"));
  const caller = await mesh.proxy("caller-shop");
  return async (tls) => {
    const { revision } = mesh.control.snapshot;
    mesh.write("b.yaml", documents(port, tls));
    while (mesh.control.snapshot.revision === revision) await new Promise(setImmediate);
    while (mesh.control.distributor.sessions[0]!.state.revision === revision) {
      await new Promise(setImmediate);
    }
    return askOf(caller, "api.example.com:80");
  };
}

test("a DestinationRule makes TLS of plain requests, to whom its names and authorities fit", async (t) => {
  const authority = await TestAuthority.create();
  const port = await secureServer(t, await authority.issue({ uris: [], dns: ["api.example.com"] }));
  const ask = await meshWith(t, port);
  const folder = mkdtempSync(join(tmpdir(), "weft-tls-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const ca = join(folder, "ca.pem");
  writeFileSync(ca, authority.rootPem);
  assert.equal(await ask(`{ mode: SIMPLE, caCertificates: ${ca} }`), "api.example.com nobody");
  const renamed = `{ mode: SIMPLE, caCertificates: ${ca}, sni: other.example.com`;
  assert.equal(await ask(`${renamed} }`), "503 upstream-untrusted");
  const named = `${renamed}, subjectAltNames: [x.example.com, api.example.com] }`;
  assert.equal(await ask(named), "other.example.com nobody");
  assert.equal(await ask("{ mode: SIMPLE }"), "503 upstream-untrusted");
  const trusting = "{ mode: SIMPLE, insecureSkipVerify: true }";
  assert.equal(await ask(trusting), "api.example.com nobody");
  const own = await authority.issue({ uris: ["spiffe://partner/shop"] });
  const [certificate, key] = [join(folder, "own.pem"), join(folder, "own.key")];
  writeFileSync(certificate, own.certificatePem);
  writeFileSync(key, own.keyPem, { mode: 0o600 });
  const files = `clientCertificate: ${certificate}, privateKey: ${key}, caCertificates: ${ca}`;
  assert.equal(
    await ask(`{ mode: MUTUAL, ${files} }`),
    "api.example.com URI:spiffe://partner/shop",
  );
  assert.equal(await ask("{ mode: SIMPLE, credentialName: none }"), "500 backend-invalid");
});

test("ISTIO_MUTUAL shows the workload's own certificate, and wants one of the mesh", async (t) => {
  const authority = await TestAuthority.create();
  const port = await secureServer(t, await authority.issue({ uris: [], dns: ["api.example.com"] }));
  const ask = await meshWith(t, port);
  assert.equal(await ask("{ mode: ISTIO_MUTUAL }"), "503 upstream-untrusted");
});

test("an entry with an account is spoken to in mTLS, and must show that identity", async (t) => {
  const servers = new Map<string, number>();
  const mesh = await outsideMesh(t, "");
  for (const account of ["ledger", "thief"]) {
    servers.set(account, await secureServer(t, await issuedBy(mesh, account)));
  }
  const entry = (name: string): string => `---
apiVersion: networking.istio.io/v1
kind: WorkloadEntry
metadata: { name: ${name}, namespace: shop }
spec:
  address: 127.0.0.1
  ports: { http: ${servers.get(name)} }
  labels: { app: ${name} }
  serviceAccount: ledger
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ name: http, port: 80 }] }
`;
  mesh.write("b.yaml", entry("ledger") + entry("thief"));
  while (!mesh.control.snapshot.outbound.has("shop/thief/80")) await new Promise(setImmediate);
  const caller = await mesh.proxy("caller-shop");
  const own = "URI:spiffe://mesh.local/ns/shop/sa/caller";
  assert.equal(await askOf(caller, "ledger:80"), `ledger.shop.svc.cluster.local ${own}`);
  assert.equal(await askOf(caller, "thief:80"), "503 upstream-untrusted");
});

test("ISTIO_MUTUAL reaches a host that has a certificate of the mesh", async (t) => {
  const mesh = await outsideMesh(t, "");
  const port = await secureServer(t, await issuedBy(mesh, "ledger"));
  const identity = "spiffe://mesh.local/ns/shop/sa/ledger";
  const mode = `{ mode: ISTIO_MUTUAL, subjectAltNames: ["${identity}"] }`;
  mesh.write("b.yaml", documents(port, mode));
  while (!mesh.control.snapshot.outbound.has("shop/api.example.com/80")) {
    await new Promise(setImmediate);
  }
  const caller = await mesh.proxy("caller-shop");
  const own = "URI:spiffe://mesh.local/ns/shop/sa/caller";
  assert.equal(await askOf(caller, "api.example.com:80"), `api.example.com ${own}`);
});

// What a proxy of the mesh would have, in somebody else's hands.
async function issuedBy({ control }: SmallMesh, serviceAccount: string): Promise<Material> {
  const keyPem = generateKeyPem();
  const identity = { trustDomain: "mesh.local", namespace: "shop", serviceAccount };
  const signing = await control.authority.sign(certificateRequest(keyPem, identity), identity);
  assert.ok(signing.kind === "issued");
  return { keyPem, certificatePem: signing.certificate, trustPem: control.authority.trust };
}
