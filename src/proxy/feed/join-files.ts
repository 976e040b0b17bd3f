// Where a proxy without a supervisor finds what it joins with. Others renew both files while it
// runs, so they are read for each try.

import type { FileSystem } from "#base/file-system.ts";

export type JoinFiles = {
  readonly token: string; // path of a bound service-account token
  readonly trust: string; // path of the mesh's roots, PEM
};

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

// Undefined where there is none yet.
export function readToken(files: FileSystem, { token }: JoinFiles): string | undefined {
  return readOrNothing(files, token)?.trim() || undefined;
}

// The certificates in it; none where there is no such file yet.
export function readTrust(files: FileSystem, { trust }: JoinFiles): readonly string[] {
  const text = readOrNothing(files, trust) ?? "";
  return [...text.matchAll(CERTIFICATE)].map(([pem]) => `${pem}\n`);
}

// A kubelet that changes a volume may take the file away in between.
function readOrNothing(files: FileSystem, path: string): string | undefined {
  try {
    return files.read(path);
  } catch {
    return undefined;
  }
}
