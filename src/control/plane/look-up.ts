// The system's resolver: hosts files and DNS, as it is set up.

import { lookup } from "node:dns/promises";

export async function lookUp(host: string): Promise<readonly string[]> {
  const found = await lookup(host, { all: true });
  return found.map(({ address }) => address);
}
