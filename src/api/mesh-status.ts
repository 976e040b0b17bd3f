// The mesh in a few lines.

export type MeshStatus = {
  readonly name: string; // of the folder that keeps its state: "bookshop"
  readonly trustDomain: string;
  readonly version: string; // of the control plane
  readonly startedAtMs: number; // wall clock
  readonly uptimeMs: number;
  // What is compiled now; proxies may be a moment behind.
  readonly revision: number;
  readonly workloads: WorkloadCounts;
  readonly proxyVersions: readonly VersionCount[];
  readonly diagnostics: { readonly errors: number; readonly warnings: number };
};

export type WorkloadCounts = {
  readonly declared: number;
  readonly meshed: number; // have a proxy that is connected
  readonly ready: number;
};

export type VersionCount = { readonly version: string; readonly count: number };
