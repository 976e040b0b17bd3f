// What nobody gets to through the mesh, whoever asks: link-local addresses (where clouds give out
// credentials), loopback, and the mesh's own ports. Only a workload whose own address is loopback,
// as on one machine, is reached there.

import { ipBytes } from "#proxy/detection/ip-bytes.ts";
import { canonicalAddress } from "./canonical-address.ts";

const FIRST_MESH_PORT = 15_000;
const LAST_MESH_PORT = 15_090;
const METRICS_PORT = 15_020;
const HEALTH_PORT = 15_021;

// Metrics and health of other proxies, which are for everybody: a collector may have a proxy, too.
function isStatusPort(port: number): boolean {
  return port === METRICS_PORT || port === HEALTH_PORT;
}

// `own`: the workload's own address, "" where it has none here.
export function isForbiddenTarget(address: string, port: number, own: string): boolean {
  if (port >= FIRST_MESH_PORT && port <= LAST_MESH_PORT) return true;
  const canonical = canonicalAddress(address);
  if (canonical === undefined) return false;
  const bytes = ipBytes(canonical)!;
  return isLinkLocal(bytes) || (isThisMachine(bytes) && canonical !== canonicalAddress(own));
}

// Somebody outside the mesh, or who has no plan.
export function isForbiddenOutside(address: string, port: number): boolean {
  return isForbiddenTarget(address, isStatusPort(port) ? 0 : port, "");
}

// What an application dials: "reviews.bookshop:9080", "[::1]:80", or a host alone.
export function isForbiddenKey(key: string): boolean {
  const colon = key.lastIndexOf(":");
  // A bare IPv6 address has more than one of them, and no port.
  const hasPort = colon > 0 && (key[colon - 1] === "]" || key.indexOf(":") === colon);
  const host = bareHost(hasPort ? key.slice(0, colon) : key);
  if (host === "localhost" || host.endsWith(".localhost")) return true;
  return isForbiddenTarget(host, hasPort ? Number(key.slice(colon + 1)) : 0, "");
}

function bareHost(host: string): string {
  if (host.startsWith("[") && host.endsWith("]")) return host.slice(1, -1);
  return (host.endsWith(".") ? host.slice(0, -1) : host).toLowerCase();
}

// 169.254.0.0/16 and fe80::/10.
function isLinkLocal(bytes: Buffer): boolean {
  if (bytes.length === 4) return bytes[0] === 169 && bytes[1] === 254;
  return bytes[0] === 0xfe && (bytes[1]! & 0xc0) === 0x80;
}

// 127.0.0.0/8 and ::1; also 0.0.0.0/8 and ::, since whoever connects there connects to himself.
function isThisMachine(bytes: Buffer): boolean {
  if (bytes.length === 4) return bytes[0] === 127 || bytes[0] === 0;
  return bytes.subarray(0, 15).every((byte) => byte === 0) && bytes[15]! <= 1;
}
