// What a CONNECT of HBONE asks for: the workload's address and port, as numbers. Other meshes may
// send a name where a gateway stands between; nothing of this mesh answers to one.

import { canonicalAddress } from "#proxy/pipeline/canonical-address.ts";

export type HboneTarget = {
  readonly address: string; // canonical
  readonly port: number;
};

const PORT_MAX = 65_535;

// Undefined where the authority is anything else.
export function hboneTargetOf(authority: string): HboneTarget | undefined {
  const colon = authority.lastIndexOf(":");
  if (colon < 0) return undefined;
  const address = canonicalAddress(hostOf(authority.slice(0, colon)));
  const digits = authority.slice(colon + 1);
  const port = Number(digits);
  const isNumber = Number.isInteger(port) && String(port) === digits;
  const isPort = isNumber && port >= 1 && port <= PORT_MAX;
  return address !== undefined && isPort ? { address, port } : undefined;
}

// Brackets are for IPv6, and only for it: RFC 3986 §3.2.2.
function hostOf(text: string): string {
  if (text.startsWith("[") && text.endsWith("]")) {
    return text.includes(":") ? text.slice(1, -1) : "";
  }
  return text.includes(":") ? "" : text;
}
