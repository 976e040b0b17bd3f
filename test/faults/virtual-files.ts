// A disk in memory, for what proxies keep: plans and credentials.

import type { FileSystem } from "#base/file-system.ts";

export class VirtualFiles implements FileSystem {
  readonly #texts = new Map<string, string>();

  read(path: string): string | undefined {
    return this.#texts.get(path);
  }

  write(path: string, text: string): void {
    this.#texts.set(path, text);
  }

  mode(path: string): number | undefined {
    return this.#texts.has(path) ? 0o600 : undefined;
  }

  remove(path: string): void {
    this.#texts.delete(path);
  }

  makeFolder(): void {}

  list(): readonly string[] {
    return [];
  }

  isFolder(): boolean {
    return false;
  }

  stamp(): undefined {
    return undefined;
  }
}
