// Where an intercepted connection was going: the kernel keeps it (conntrack) and tells it as the
// socket option SO_ORIGINAL_DST. Node has no call for that, so libc is called (libc.ts).

import { ipText } from "#proxy/detection/ip-text.ts";
import type { ByteStream, Target } from "#proxy/transport/byte-stream.ts";
import { SocketStream } from "#proxy/transport/socket-stream.ts";
import { type Libc, openLibc } from "./libc.ts";

// <linux/netfilter_ipv4.h> and <linux/netfilter_ipv6/ip6_tables.h>: both are 80.
const SO_ORIGINAL_DST = 80;
const SOL_IP = 0;
const SOL_IPV6 = 41;
const AF_INET = 2;
const AF_INET6 = 10;
// struct sockaddr_in6, the larger one: family, port, flow, address, scope.
const SOCKADDR_BYTES = 28;
const PORT_AT = 2;
const IPV4_AT = 4;
const IPV6_AT = 8;
const MAPPED = Buffer.from("00000000000000000000ffff", "hex");

// "unknown": the kernel doesn't know the connection, or no longer. "direct": nobody redirected it.
// "no-socket": it is closed already, or was never a socket of the system's.
export type DestinationMiss = "unknown" | "direct" | "no-socket";

export class OriginalDestinations {
  readonly #libc: Libc;
  readonly #address = Buffer.alloc(SOCKADDR_BYTES);
  readonly #length = Buffer.alloc(4);
  readonly #misses = { unknown: 0, direct: 0, "no-socket": 0 };

  private constructor(libc: Libc) {
    this.#libc = libc;
  }

  // Rejects where this system's libc can't be called.
  static async open(): Promise<OriginalDestinations> {
    return new OriginalDestinations(openLibc());
  }

  // How many connections had none, by the reason.
  get misses(): Readonly<Record<DestinationMiss, number>> {
    return this.#misses;
  }

  // Of a connection just accepted. IPv4 inside IPv6 is IPv4.
  of(stream: ByteStream): Target | undefined {
    const descriptor = stream instanceof SocketStream ? stream.descriptor : -1;
    if (descriptor < 0) return this.#miss("no-socket");
    if (this.#ask((...out) => this.#libc.functions.getsockname(descriptor, ...out)) < 0) {
      return this.#miss("no-socket");
    }
    const here = readAddress(this.#address);
    const level = here?.isIPv4 ? SOL_IP : SOL_IPV6;
    const asked = this.#ask((...out) =>
      this.#libc.functions.getsockopt(descriptor, level, SO_ORIGINAL_DST, ...out),
    );
    const there = asked < 0 ? undefined : readAddress(this.#address);
    if (!there) return this.#miss("unknown");
    // The kernel knows all connections of this namespace, not only those that it redirected.
    if (there.port === here?.port && there.address === here.address) return this.#miss("direct");
    return { address: there.address, port: there.port };
  }

  #ask(call: (address: Buffer, length: Buffer) => number): number {
    this.#length.writeUInt32LE(SOCKADDR_BYTES);
    return call(this.#address, this.#length);
  }

  #miss(why: DestinationMiss): undefined {
    this.#misses[why]++;
    return undefined;
  }
}

function readAddress(from: Buffer): (Target & { readonly isIPv4: boolean }) | undefined {
  const family = from.readUInt16LE(0);
  const port = from.readUInt16BE(PORT_AT);
  if (family === AF_INET) {
    return { address: ipText(from.subarray(IPV4_AT, IPV4_AT + 4)), port, isIPv4: true };
  }
  if (family !== AF_INET6) return undefined;
  const bytes = from.subarray(IPV6_AT, IPV6_AT + 16);
  const isIPv4 = bytes.subarray(0, MAPPED.length).equals(MAPPED);
  return { address: ipText(bytes), port, isIPv4 };
}
