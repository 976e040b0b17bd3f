// The mesh's root in a cluster: in a Secret of the control plane's namespace, which whoever comes
// first makes. Its key is nowhere else but in memory.

import type { Clock } from "#base/clock.ts";
import type { Log } from "#base/log.ts";
import { rootCertificate } from "#control/authority/root-certificate.ts";
import { type RootLoading, rootProblem } from "#control/authority/root-store.ts";
import { ownSecret } from "#control/kubernetes/own-secret.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import type { ClusterApi } from "#kubernetes/cluster-api.ts";

export type ClusterRootOptions = {
  readonly api: Pick<ClusterApi, "request">;
  readonly clock: Clock;
  readonly log: Log;
  readonly namespace: string;
  readonly trustDomain: string;
};

const NAME = "weft-ca";
const KEY = "root.key";
const CERTIFICATE = "root.pem";

export async function clusterRoot(options: ClusterRootOptions): Promise<RootLoading> {
  const { clock, namespace, trustDomain } = options;
  const secret = await ownSecret({
    ...options,
    name: NAME,
    make: async () => {
      const key = generateKeyPem();
      const certificate = await rootCertificate(key, trustDomain, clock.wallMs());
      return new Map([
        [KEY, key],
        [CERTIFICATE, certificate],
      ]);
    },
  });
  const root = { keyPem: secret.get(KEY) ?? "", certificatePem: secret.get(CERTIFICATE) ?? "" };
  const at = { name: `Secret ${namespace}/${NAME}`, holder: "Secret" };
  const problem = rootProblem(root, at, { trustDomain, wallMs: clock.wallMs() });
  if (problem === undefined) return { kind: "loaded", root };
  return { kind: "refused", reason: `Cannot use the mesh's root: ${problem}` };
}
