// A certificate for a server of the mesh's own, which no workload is: what to sign, and what comes.

export type ServerCertificateRequest = {
  readonly keyPem: string;
  readonly names: readonly string[]; // of DNS, or addresses
  readonly lifeMs: number;
};

export type ServerCertificate = { readonly certificate: string; readonly notAfterMs: number };
