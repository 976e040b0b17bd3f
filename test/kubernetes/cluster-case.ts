import type { Cluster } from "./cluster.ts";

// One test on the real cluster: test/all/kubernetes.test.ts runs all of them, one after the other.
export type ClusterCase = {
  // A sentence about behaviour.
  readonly name: string;
  // Longer than the usual four minutes.
  readonly withinMs?: number;
  run(cluster: Cluster): Promise<void>;
};
