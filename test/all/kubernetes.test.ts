// Weft on a real Kubernetes: all cases of test/kubernetes, one after the other on one cluster.
//
// The first run builds the cluster's programs, which takes ten minutes (test/kubernetes/kit). Some
// cases alone: `node --test --test-name-pattern=PART test/all/kubernetes.test.ts`, which goes faster
// on a cluster that is held (test/kubernetes/start-cluster.ts).

import { after, before, test } from "node:test";
import { awayCases } from "../kubernetes/away-cases.ts";
import { bookshopCases } from "../kubernetes/bookshop-cases.ts";
import { Cluster } from "../kubernetes/cluster.ts";
import type { ClusterCase } from "../kubernetes/cluster-case.ts";
import { conformanceCases } from "../kubernetes/conformance-cases.ts";
import { exactCases } from "../kubernetes/exact-cases.ts";
import { guideCases } from "../kubernetes/guide-cases.ts";
import { imageCases } from "../kubernetes/image-cases.ts";
import { injectCases } from "../kubernetes/inject-cases.ts";
import { installCases } from "../kubernetes/install-cases.ts";
import { interceptionCases } from "../kubernetes/interception-cases.ts";
import { PREPARED_WITHIN_MS } from "../kubernetes/kit.ts";
import { peersCases } from "../kubernetes/peers-cases.ts";
import { readyCases } from "../kubernetes/ready-cases.ts";
import { rolloutCases } from "../kubernetes/rollout-cases.ts";
import { sidecarCases } from "../kubernetes/sidecar-cases.ts";

const CASE_WITHIN_MS = 240_000;

const cases: readonly ClusterCase[] = [
  ...readyCases,
  ...imageCases,
  // They end without a mesh; all others share one.
  ...installCases,
  ...guideCases,
  ...injectCases,
  ...bookshopCases,
  ...exactCases,
  ...interceptionCases,
  ...peersCases,
  ...sidecarCases,
  ...rolloutCases,
  ...conformanceCases,
  ...awayCases,
];

let cluster: Cluster;
before(
  () => {
    cluster = Cluster.start("pods");
  },
  { timeout: PREPARED_WITHIN_MS },
);
after(() => cluster?.stop(), { timeout: 120_000 });

for (const { name, withinMs = CASE_WITHIN_MS, run } of cases) {
  test(name, { timeout: withinMs }, () => run(cluster));
}
