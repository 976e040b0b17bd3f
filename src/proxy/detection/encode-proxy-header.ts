// Writes a PROXY protocol header, version 2, for whom we pass a connection on to.

import type { Target } from "#proxy/transport/byte-stream.ts";
import { ipBytes } from "./ip-bytes.ts";
import { PROXY_SIGNATURE } from "./proxy-protocol.ts";

const LOCAL = Buffer.from([0x20, 0x00, 0, 0]);
const PROXY = 0x21;
const TCP4 = 0x11;
const TCP6 = 0x21;
const MAPPED = Buffer.from("00000000000000000000ffff", "hex");

// LOCAL, a connection of our own, where one of them is no IP address.
export function encodeProxyHeader(source: Target, destination: Target): Buffer {
  const from = ipBytes(source.address);
  const to = ipBytes(destination.address);
  if (!from || !to) return Buffer.concat([PROXY_SIGNATURE, LOCAL]);
  const isIp4 = from.length === 4 && to.length === 4;
  const ports = Buffer.alloc(4);
  ports.writeUInt16BE(source.port, 0);
  ports.writeUInt16BE(destination.port, 2);
  const addresses = isIp4 ? [from, to] : [wide(from), wide(to)];
  const body = Buffer.concat([...addresses, ports]);
  const head = Buffer.from([PROXY, isIp4 ? TCP4 : TCP6, 0, body.length]);
  return Buffer.concat([PROXY_SIGNATURE, head, body]);
}

function wide(ip: Buffer): Buffer {
  return ip.length === 16 ? ip : Buffer.concat([MAPPED, ip]);
}
