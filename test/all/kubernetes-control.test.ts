// The control plane and a real API server, without nodes: all cases of source-cases.ts on a cluster
// of their own, since they say themselves how pods fare, and stop its API server.

import { after, before, test } from "node:test";
import { Cluster } from "../kubernetes/cluster.ts";
import { PREPARED_WITHIN_MS } from "../kubernetes/kit.ts";
import { endReplicas, sourceCases } from "../kubernetes/source-cases.ts";

const CASE_WITHIN_MS = 240_000;

let cluster: Cluster;
before(
  () => {
    cluster = Cluster.start("api");
  },
  { timeout: PREPARED_WITHIN_MS },
);
after(
  () => {
    endReplicas();
    cluster?.stop();
  },
  { timeout: 120_000 },
);

for (const { name, withinMs = CASE_WITHIN_MS, run } of sourceCases) {
  test(name, { timeout: withinMs }, () => run(cluster));
}
