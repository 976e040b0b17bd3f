// Makes the Secret with the tokens of the admin API. The first replica does, the others read it.

import { ADMIN_SECRET, type AdminSecret, adminTokensIn } from "#api/admin-secret.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";

export type AdminSecretReading =
  | { readonly kind: "read"; readonly tokens: AdminSecret }
  | { readonly kind: "refused"; readonly reason: string };

const { namespace, name } = ADMIN_SECRET;
const SECRETS = `/api/v1/namespaces/${namespace}/secrets`;
const ROUNDS_MAX = 3;

export async function readOrMakeAdminSecret(
  api: ClusterApi,
  newSecret: () => string,
): Promise<AdminSecretReading> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const found = await api.request("GET", `${SECRETS}/${name}`);
    if (found.status === 200) return readingOf(found.body);
    if (found.status !== 404) return refused("read", found.reason);
    const tokens = { write: newSecret(), read: newSecret() };
    const made = await api.request("POST", SECRETS, secretOf(tokens));
    if (made.status === 201) return { kind: "read", tokens };
    // Another replica was faster.
    if (made.status !== 409) return refused("make", made.reason);
  }
  return refused("make", "it comes and goes");
}

function readingOf(secret: unknown): AdminSecretReading {
  const tokens = adminTokensIn(secret);
  if (tokens) return { kind: "read", tokens };
  return refused("use", "it has no keys write and read; delete it, and another one is made");
}

function refused(what: string, reason: string): AdminSecretReading {
  return { kind: "refused", reason: `Cannot ${what} the Secret ${namespace}/${name}: ${reason}` };
}

function secretOf(tokens: AdminSecret) {
  const labels = { "app.kubernetes.io/name": "weft", "app.kubernetes.io/part-of": "weft" };
  return {
    ...{ apiVersion: "v1", kind: "Secret", type: "Opaque" },
    metadata: { name, namespace, labels },
    stringData: tokens,
  };
}
