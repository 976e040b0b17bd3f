// Who answers to which name, and to whom. Only in the control plane.

export type Directory = {
  // By host, lower case: "reviews.bookshop.svc.cluster.local", "api.example.com", a pattern such as
  // "*.example.com", an address. Of several, the first that the caller may use counts, those of its
  // own namespace before others.
  readonly hosts: ReadonlyMap<string, readonly DirectoryEntry[]>;
  // Addresses of which there are many: "10.1.0.0/16".
  readonly ranges: readonly { readonly range: string; readonly entry: DirectoryEntry }[];
  // By "namespace/name" of the workload, where documents restrict what it reaches.
  readonly egress: ReadonlyMap<string, Egress>;
  // May what nobody declares be dialled anyhow?
  readonly allowsUnknown: boolean;
};

export type DirectoryEntry = {
  readonly namespace: string;
  readonly name: string;
  readonly host: string;
  readonly exportTo?: readonly string[]; // absent: every namespace
  readonly isAsDialled?: true;
  // Each of its workloads has a name of its own below the service's.
  readonly isHeadless?: true;
};

export type Egress = {
  readonly reaches?: readonly EgressReach[]; // absent: everything
  readonly allowsUnknown: boolean;
};

export type EgressReach = {
  readonly namespace: string; // "*": any, "~": none
  readonly host: string; // may be a pattern
  readonly port?: number;
};
