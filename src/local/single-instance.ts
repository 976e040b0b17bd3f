// One `weft up` for each state folder. The kernel keeps the lock (a name in Linux' abstract socket
// namespace), so that it ends with its holder, however that ends, and no stale file is in the way.
// mesh.json only says who holds it. Elsewhere than on Linux mesh.json has to be lock enough.

import { createHash } from "node:crypto";
import { realpathSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { isRunning } from "./is-running.ts";
import type { StateFolder } from "./state-folder.ts";

export type Claim =
  | { readonly kind: "ours"; release(): void }
  | { readonly kind: "taken"; readonly sentence: string };

export async function claimFolder(folder: StateFolder): Promise<Claim> {
  const mesh = folder.readMesh();
  if (mesh && isRunning(mesh)) return taken(folder, `pid ${mesh.pid}, ${mesh.adminUrl}`);
  if (process.platform !== "linux") return { kind: "ours", release: () => {} };
  const lock = await listen(`\0weft-up-${hashOf(realpathSync(folder.path))}`);
  // It holds the lock but has not said its number yet, or no longer.
  if (!lock) return taken(folder, "just starting or ending");
  lock.unref();
  return { kind: "ours", release: () => void lock.close() };
}

function taken(folder: StateFolder, who: string): Claim {
  const sentence =
    `Cannot start: another \`weft up\` already runs the mesh in ${folder.path} (${who}). ` +
    "End it with `weft down`, or keep this mesh elsewhere with --mesh DIR";
  return { kind: "taken", sentence };
}

function listen(path: string): Promise<Server | undefined> {
  return new Promise((resolve) => {
    const lock = createServer((socket) => socket.destroy());
    lock.once("error", () => resolve(undefined));
    lock.listen(path, () => resolve(lock));
  });
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
