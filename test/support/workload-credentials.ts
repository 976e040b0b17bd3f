// What a sidecar keeps in its state folder: whoever runs the tests may read it, nobody else.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { statSync } from "node:fs";
import { join } from "node:path";
import { ADMIN_PATHS, type Rows } from "#api/admin-paths.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import type { RunningMesh } from "./running-mesh.ts";
import type { Address } from "./tls-probe.ts";

export type WorkloadCredentials = {
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly trust: readonly string[];
  readonly serial: string;
  readonly identity: string;
};

// `workload`: "shop/echo".
export function credentialsOf(mesh: RunningMesh, workload: string): WorkloadCredentials {
  const file = join("proxies", workload.replace("/", "."), "credentials.json");
  assert.equal(statSync(join(mesh.state, file)).mode & 0o777, 0o600);
  const { key, certificate, trust } = mesh.readState(file);
  const { serialNumber, subjectAltName = "" } = new X509Certificate(certificate);
  return {
    ...{ keyPem: key, certificatePem: certificate, trust },
    ...{ serial: serialNumber, identity: subjectAltName.replace("URI:", "") },
  };
}

export async function workloadRow(mesh: RunningMesh, workload: string): Promise<WorkloadRow> {
  const { rows } = await mesh.ask<Rows<WorkloadRow>>(ADMIN_PATHS.workloads);
  const found = rows.find(({ namespace, name }) => `${namespace}/${name}` === workload);
  assert.ok(found, `${workload} is not among the workloads`);
  return found;
}

export async function meshPortOf(mesh: RunningMesh, workload: string): Promise<Address> {
  return addressOf((await workloadRow(mesh, workload)).address ?? "");
}

export function addressOf(text: string): Address {
  const colon = text.lastIndexOf(":");
  return { address: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}
