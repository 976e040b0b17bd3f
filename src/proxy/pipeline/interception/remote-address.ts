import type { ByteStream } from "#proxy/transport/byte-stream.ts";

const MAPPED = "::ffff:";

// Who is at the other end, without the port; IPv4 inside IPv6 as IPv4.
export function remoteAddress({ remote }: ByteStream): string {
  const address = remote.slice(0, remote.lastIndexOf(":"));
  return address.startsWith(MAPPED) ? address.slice(MAPPED.length) : address;
}
