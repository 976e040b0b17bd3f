// A port that nobody listens on right now. Somebody else may take it before the test does; the
// kernel hands ports out in an order that makes this rare.

import { BoundSocket } from "node:net";

export async function freePort(address = "127.0.0.1"): Promise<number> {
  const bound = new BoundSocket({ host: address, port: 0 });
  const { port } = bound.address() as { port: number };
  bound.close();
  return port;
}
