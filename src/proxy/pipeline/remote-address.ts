import type { ByteStream } from "#proxy/transport/byte-stream.ts";

// Who is at the other end, without the port.
export function remoteAddress({ remote }: ByteStream): string {
  return remote.slice(0, remote.lastIndexOf(":"));
}
