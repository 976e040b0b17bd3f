// The tokens of the admin API: one for each role. On one machine they lie in files that only their
// owner may read: whoever can read the file is the owner of the mesh; nothing else proves it. In a
// cluster a Secret has them, and whoever may read that.

import { join } from "node:path";
import { MESH_FILES } from "#api/mesh-file.ts";
import type { Role } from "#api/session.ts";
import type { FileSystem } from "#base/file-system.ts";
import type { NewSecret } from "./new-secret.ts";
import { sameSecret } from "./same-secret.ts";

const FILE_MODE = 0o600;
const OTHERS = 0o077;
const LENGTH_MIN = 32;

export class AdminTokens {
  readonly write: string;
  readonly read: string;

  constructor({ write, read }: { readonly write: string; readonly read: string }) {
    this.write = write;
    this.read = read;
  }

  // Creates what is missing. A token that others could read is no secret any more: it is replaced.
  static inFolder(files: FileSystem, folder: string, newSecret: NewSecret): AdminTokens {
    const tokenIn = (name: string) => {
      const path = join(folder, name);
      const mode = files.mode(path);
      const known = mode === undefined || mode & OTHERS ? "" : (files.read(path) ?? "").trim();
      if (known.length >= LENGTH_MIN) return known;
      const token = newSecret();
      files.write(path, `${token}\n`, FILE_MODE);
      return token;
    };
    const { writeToken, readToken } = MESH_FILES;
    return new AdminTokens({ write: tokenIn(writeToken), read: tokenIn(readToken) });
  }

  roleOf(token: string): Role | undefined {
    // Both are compared, always: the time must not tell which one was nearly right.
    const isWrite = sameSecret(token, this.write);
    const isRead = sameSecret(token, this.read);
    return isWrite ? "write" : isRead ? "read" : undefined;
  }
}
