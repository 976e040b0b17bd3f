// The root on disk: a key that only we may read, and its certificate beside it.
//
// The key is written first. A crash between the two leaves a key without a certificate, and the
// next start makes the certificate for that key; a certificate without its key, or with another
// one, is nothing that a crash leaves, so it is for a person to look at.

import { createPrivateKey, X509Certificate } from "node:crypto";
import { join } from "node:path";
import type { FileSystem } from "#base/file-system.ts";
import { generateKeyPem } from "#identity/key-pair.ts";
import { rootCertificate } from "./root-certificate.ts";

export type Root = { readonly keyPem: string; readonly certificatePem: string };

export type RootLoading =
  | { readonly kind: "loaded"; readonly root: Root }
  | { readonly kind: "refused"; readonly reason: string };

export type RootPlace = {
  readonly files: FileSystem;
  readonly folder: string;
  readonly trustDomain: string;
  readonly wallMs: number;
};

const KEY_MODE = 0o600;
const CERTIFICATE_MODE = 0o644;
const FOLDER_MODE = 0o700;
const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

// Loads the root, or makes one where there is none.
export async function loadRoot(place: RootPlace): Promise<RootLoading> {
  try {
    return await loadFrom(place);
  } catch (error) {
    // The disk is full, or the folder isn't ours.
    if (!(error instanceof Error && "syscall" in error)) throw error;
    return refused(error.message);
  }
}

async function loadFrom(place: RootPlace): Promise<RootLoading> {
  const { files, folder } = place;
  const keyPath = join(folder, "root.key");
  const certificatePath = join(folder, "root.pem");
  files.makeFolder(folder, FOLDER_MODE);
  const exposed = exposure(files, folder, keyPath);
  if (exposed) return refused(exposed);

  let keyPem = files.read(keyPath);
  const certificatePem = files.read(certificatePath);
  if (keyPem === undefined && certificatePem !== undefined) {
    return refused(
      `"${certificatePath}" is there but its key "${keyPath}" is not: put the key back, or ` +
        "remove the certificate, and every workload has to join anew",
    );
  }
  if (keyPem === undefined) {
    keyPem = generateKeyPem();
    files.write(keyPath, keyPem, KEY_MODE);
  }
  if (!isKey(keyPem)) return refused(`"${keyPath}" is damaged: ${restore("folder")}`);
  if (certificatePem !== undefined) {
    const at = { name: `"${certificatePath}"`, holder: "folder" };
    const wrong = rootProblem({ keyPem, certificatePem }, at, place);
    return wrong ? refused(wrong) : { kind: "loaded", root: { keyPem, certificatePem } };
  }
  const made = await rootCertificate(keyPem, place.trustDomain, place.wallMs);
  files.write(certificatePath, made, CERTIFICATE_MODE);
  return { kind: "loaded", root: { keyPem, certificatePem: made } };
}

// What the root is called, and what to remove to be rid of it.
export type RootName = { readonly name: string; readonly holder: string };

function restore(holder: string): string {
  return `restore it from a copy, or remove the ${holder}, and every workload has to join anew`;
}

function exposure(files: FileSystem, folder: string, keyPath: string): string | undefined {
  const folderMode = files.mode(folder) ?? 0;
  if (folderMode & OTHERS_WRITE) {
    return `others may write into "${folder}" (mode ${octal(folderMode)}): chmod 700 "${folder}"`;
  }
  const keyMode = files.mode(keyPath) ?? 0;
  if (keyMode & OTHERS) {
    return (
      `others may read "${keyPath}" (mode ${octal(keyMode)}): chmod 600 "${keyPath}", and ` +
      "replace the key if somebody could have"
    );
  }
  return undefined;
}

// Why it can't be used, in words; undefined where it can.
export function rootProblem(
  { keyPem, certificatePem }: Root,
  { name, holder }: RootName,
  { trustDomain, wallMs }: Pick<RootPlace, "trustDomain" | "wallMs">,
): string | undefined {
  const certificate = parse(certificatePem);
  if (!certificate || !isKey(keyPem)) return `${name} is damaged: ${restore(holder)}`;
  if (!certificate.checkPrivateKey(createPrivateKey(keyPem))) {
    return `${name} does not belong to the key beside it: ${restore(holder)}`;
  }
  if (!certificate.ca || certificate.subjectAltName !== `URI:spiffe://${trustDomain}`) {
    return (
      `${name} is not the root of trust domain "${trustDomain}" but of ` +
      `"${certificate.subjectAltName}": keep the trust domain, or remove the ${holder}`
    );
  }
  if (certificate.validToDate.getTime() <= wallMs) {
    return (
      `${name} expired on ${certificate.validToDate.toISOString()}: remove the ${holder}, ` +
      "and every workload has to join anew"
    );
  }
  return undefined;
}

function isKey(pem: string): boolean {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === "prime256v1";
  } catch {
    return false;
  }
}

function parse(pem: string): X509Certificate | undefined {
  try {
    return new X509Certificate(pem);
  } catch {
    return undefined;
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, "0");
}

function refused(reason: string): RootLoading {
  return { kind: "refused", reason: `Cannot use the mesh's root: ${reason}` };
}
