// Where an API server is, how it proves who it is, and how we prove who we are.

export type ClusterAccess = {
  readonly server: URL; // "https://10.96.0.1:443"
  readonly name: string; // of the context, for people
  readonly namespace: string; // that is meant where nobody says one
  readonly trust: ServerTrust;
  // Asked before each request: it caches what it may. `wasRefused`: the last ones no longer hold.
  // Rejects with a sentence where there are none.
  credentials(wasRefused: boolean): Promise<ClusterCredentials>;
};

export type ServerTrust = {
  readonly ca?: string; // PEM; absent: the system's
  readonly serverName?: string; // absent: the server's host
  readonly isUnchecked?: true; // insecure-skip-tls-verify
};

export type ClusterCredentials = {
  readonly authorization?: string; // the header's value
  readonly certificate?: string; // PEM, as is the key
  readonly key?: string;
};

export type AccessReading =
  | { readonly kind: "read"; readonly access: ClusterAccess }
  | { readonly kind: "refused"; readonly reason: string };

// What they are read from.
export type AccessSurroundings = {
  readonly files: { read(path: string): string | undefined };
  readonly environment: Readonly<Record<string, string | undefined>>;
  // Monotonic and since 1970, in milliseconds.
  readonly clock: { nowMs(): number; wallMs(): number };
};
