// What the proxy refuses to callers that name it themselves is no way in by a document either:
// where clouds give out credentials, and the mesh's own ports.

import { BlockList, isIP } from "node:net";

const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet("169.254.0.0", 16, "ipv4");
LINK_LOCAL.addSubnet("fe80::", 10, "ipv6");
const MESH_PORTS = { first: 15_000, last: 15_090 };

const { first, last } = MESH_PORTS;
export const NO_MESH_PORT = `no port from ${first} to ${last}: they are the mesh's own`;

export function isMeshPort(port: number): boolean {
  return port >= MESH_PORTS.first && port <= MESH_PORTS.last;
}

// False for what is no address.
export function isLinkLocal(address: string): boolean {
  const family = isIP(address);
  return family !== 0 && LINK_LOCAL.check(address, family === 4 ? "ipv4" : "ipv6");
}
