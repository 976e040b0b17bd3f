// TLS to an endpoint that has no proxy of this mesh.

export type TlsPlan = {
  readonly serverName: string; // SNI; "" for none
  // Exactly one of these, or more, must stand in its certificate; none: anybody whom the trust
  // vouches for.
  readonly names: readonly string[];
  // "mesh": the mesh's own roots, and our own certificate.
  readonly trust: "well-known" | "mesh" | { readonly file: string };
  readonly crlFile?: string;
  readonly certificate?: { readonly file: string; readonly keyFile: string };
  readonly isUnverified?: true;
};
