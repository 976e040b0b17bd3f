// The 127.x.y of a mesh: 254 sidecars have addresses of their own in it, each with the usual
// ports. Sixteen thousand such blocks; a hash of the mesh's folder chooses, so that a mesh comes
// back to the same addresses.

import { createHash } from "node:crypto";

const FIRST = 64;
const BLOCKS = 64 * 256;

// `attempt` 0 is the block that a folder should have, 1 the next one, and so on.
export function addressBlock(folder: string, attempt: number): string {
  const hash = createHash("sha256").update(folder).digest().readUInt32BE(0);
  const index = (hash + attempt) % BLOCKS;
  return `127.${FIRST + Math.floor(index / 256)}.${index % 256}`;
}
