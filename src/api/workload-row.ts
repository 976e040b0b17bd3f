// A workload and its proxy.

export type WorkloadRow = {
  readonly namespace: string;
  // On Kubernetes its controller's, as metrics have it: "reviews-v1". Several pods share it.
  readonly name: string;
  readonly pod: string | null; // on Kubernetes: "reviews-v1-5d9c8-x7k2p"
  readonly app: string;
  readonly version: string;
  readonly serviceAccount: string;
  readonly services: readonly string[]; // that select it; of its own namespace
  // declared: by a document; joined: by `weft run`.
  readonly source: "declared" | "joined";
  readonly isMeshed: boolean; // its proxy is connected
  readonly isReady: boolean; // and the application passes its probe
  readonly restarts: number | null; // null where nobody counts
  readonly address: string | null; // of the mesh listener, "127.64.0.3:15008"
  readonly metrics: string | null; // of its proxy, "127.64.0.3:15020"
  readonly identity: string | null;
  readonly certificateExpiresAtMs: number | null;
  readonly proxyVersion: string | null;
  readonly revision: number | null; // that its proxy has acknowledged
};
