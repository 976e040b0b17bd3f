// What TLS to the outside is made with, read once for each way of speaking it, and again when a
// file of it has changed.

import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import type { FileSystem } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import { type TlsMaterial, tlsSettings } from "./tls-settings.ts";

// As plans have it.
export type OriginTls = {
  readonly serverName: string; // "" for none
  readonly names: readonly string[];
  readonly trust: "well-known" | "mesh" | { readonly file: string };
  readonly crlFile?: string;
  readonly certificate?: { readonly file: string; readonly keyFile: string };
  readonly isUnverified?: true;
};

type Known = {
  readonly stamp: string;
  readonly material: TlsMaterial | undefined;
  readonly context: SecureContext;
};

export class OriginContexts {
  readonly #files: Pick<FileSystem, "read" | "stamp">;
  readonly #slot: { readonly current: TlsMaterial | undefined };
  readonly #known = new Map<string, Known>();

  constructor(
    files: Pick<FileSystem, "read" | "stamp">,
    slot: { readonly current: TlsMaterial | undefined },
  ) {
    this.#files = files;
    this.#slot = slot;
  }

  // A string says what is wrong.
  of(tls: OriginTls): SecureContext | string {
    const { trust, crlFile, certificate } = tls;
    const key = JSON.stringify([trust, crlFile, certificate]);
    const stamp = this.#stampOf(tls);
    const material = trust === "mesh" ? this.#slot.current : undefined;
    const known = this.#known.get(key);
    if (known && known.stamp === stamp && known.material === material) return known.context;
    if (trust === "mesh" && !material) return "we have no certificate yet";
    try {
      const options = material ? tlsSettings(material) : this.#read(tls);
      const context = createSecureContext(options);
      if (this.#known.size >= LIMITS.tlsContextsMax) this.#known.clear();
      this.#known.set(key, { stamp, material, context });
      return context;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #read({ trust, crlFile, certificate }: OriginTls): SecureContextOptions {
    return {
      minVersion: "TLSv1.2",
      ...(typeof trust === "object" && { ca: this.#text(trust.file) }),
      ...(crlFile !== undefined && { crl: this.#text(crlFile) }),
      ...(certificate && {
        cert: this.#text(certificate.file),
        key: this.#text(certificate.keyFile),
      }),
    };
  }

  #text(path: string): string {
    const text = this.#files.read(path);
    if (text === undefined) throw new Error(`there is no file ${path}`);
    return text;
  }

  #stampOf({ trust, crlFile, certificate }: OriginTls): string {
    const paths = [
      ...(typeof trust === "object" ? [trust.file] : []),
      ...(crlFile === undefined ? [] : [crlFile]),
      ...(certificate ? [certificate.file, certificate.keyFile] : []),
    ];
    return JSON.stringify(paths.map((path) => this.#files.stamp(path) ?? null));
  }
}
