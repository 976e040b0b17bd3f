// Credentials in the proxy's state folder, so that it starts while the control plane is away. Key,
// certificate and trust lie in one file: no crash can leave a key with another one's certificate.

import { join } from "node:path";
import type { FileSystem } from "#base/file-system.ts";
import { type Credentials, type CredentialsReading, credentialsOf } from "./credentials.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;

type Stored = { readonly key: string; readonly certificate: string; readonly trust: string[] };

export class CredentialsFile {
  readonly #files: FileSystem;
  readonly #folder: string;
  readonly #path: string;

  constructor(files: FileSystem, folder: string) {
    this.#files = files;
    this.#folder = folder;
    this.#path = join(folder, "credentials.json");
  }

  // Undefined where there is no file.
  read(): CredentialsReading | undefined {
    const mode = this.#files.mode(this.#path) ?? 0;
    if (mode & OTHERS) return this.#invalid("others may read it: chmod 600, and join anew");
    const text = this.#files.read(this.#path);
    if (text === undefined) return undefined;
    const stored = parse(text);
    if (!stored) return this.#invalid("it is damaged");
    const reading = credentialsOf(stored.key, stored.certificate, stored.trust);
    return reading.kind === "valid" ? reading : this.#invalid(reading.reason);
  }

  write({ keyPem, certificatePem, trustPem }: Credentials): void {
    const stored: Stored = { key: keyPem, certificate: certificatePem, trust: [...trustPem] };
    this.#files.makeFolder(this.#folder, FOLDER_MODE);
    this.#files.write(this.#path, JSON.stringify(stored), FILE_MODE);
  }

  #invalid(reason: string): CredentialsReading {
    return { kind: "invalid", reason: `Cannot use "${this.#path}": ${reason}` };
  }
}

function parse(text: string): Stored | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isStored(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isStored(value: unknown): value is Stored {
  if (typeof value !== "object" || value === null) return false;
  const { key, certificate, trust }: Partial<Record<keyof Stored, unknown>> = value;
  if (typeof key !== "string" || typeof certificate !== "string") return false;
  return Array.isArray(trust) && trust.every((root) => typeof root === "string");
}
