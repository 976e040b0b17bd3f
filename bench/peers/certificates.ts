// A root and a certificate for each side of a peer's pair: ECDSA on P-256 and a SPIFFE name, like
// Weft's own.

import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export type Side = "outbound" | "inbound";

export type Certificates = {
  readonly root: string; // files
  readonly of: (side: Side) => CertificateFiles;
};

export type CertificateFiles = {
  readonly certificate: string;
  readonly key: string;
  readonly both: string; // in one file, as HAProxy wants them
  readonly identity: string;
};

export function makeCertificates(folder: string): Certificates {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const root = join(folder, "root.pem");
  const named = ["-subj", "/CN=bench root", "-keyout", join(folder, "root.key"), "-out", root];
  openssl(["req", ...FRESH_KEY, "-x509", "-days", "2", ...named]);
  for (const side of ["outbound", "inbound"] as const) issue(folder, side);
  return { root, of: (side) => filesOf(folder, side) };
}

const FRESH_KEY = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

function issue(folder: string, side: Side): void {
  const { certificate, key, both, identity } = filesOf(folder, side);
  const request = join(folder, `${side}.csr`);
  // HAProxy verifies host names only, so there is one of those, too.
  const names = ["-addext", `subjectAltName=URI:${identity},DNS:${side}`];
  const subject = ["-subj", `/CN=${side}`, ...names, "-keyout", key, "-out", request];
  openssl(["req", "-new", ...FRESH_KEY, ...subject]);
  const [root, rootKey] = [join(folder, "root.pem"), join(folder, "root.key")];
  const authority = ["-CA", root, "-CAkey", rootKey, "-CAcreateserial"];
  const issued = ["-days", "2", "-copy_extensions", "copy", "-out", certificate];
  openssl(["x509", "-req", "-in", request, ...authority, ...issued]);
  writeFileSync(both, execFileSync("cat", [certificate, key]), { mode: 0o600 });
}

function filesOf(folder: string, side: Side): CertificateFiles {
  return {
    certificate: join(folder, `${side}.crt`),
    key: join(folder, `${side}.key`),
    both: join(folder, `${side}.pem`),
    identity: `spiffe://bench.local/ns/bench/sa/${side}`,
  };
}

function openssl(args: readonly string[]): void {
  execFileSync("openssl", args, { stdio: ["ignore", "ignore", "pipe"] });
}
