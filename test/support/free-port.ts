// A port that nobody listens on, at an address of this process's own: on 127.0.0.1 another process
// could take the port before the test does.

import { BoundSocket } from "node:net";

const OWN_BLOCK = `127.${100 + ((process.pid >> 16) % 100)}.${(process.pid >> 8) % 256}`;

// The same all the time.
export const OWN_ADDRESS = `${OWN_BLOCK}.${(process.pid % 254) + 1}`;

const given = new Set<number>();

// None twice: the first may not be listened on yet.
export function freePort(): number {
  const bound = new BoundSocket({ host: OWN_ADDRESS, port: 0 });
  const { port } = bound.address() as { port: number };
  bound.close();
  if (given.has(port)) return freePort();
  given.add(port);
  return port;
}
