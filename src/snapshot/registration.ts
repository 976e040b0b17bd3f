// A proxy that has joined the mesh, as the control plane knows it: where a workload can be reached.

export type Registration = {
  readonly namespace: string;
  readonly name: string; // of the workload
  readonly identity: string; // spiffe://..., from its certificate
  readonly address: string; // of its mesh listener
  readonly meshPort: number;
  // The application passes its readiness probe, as its proxy sees it.
  readonly isReady: boolean;
};
