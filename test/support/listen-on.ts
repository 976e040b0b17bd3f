// Starts a server of the test on a free port of loopback.

import type { AddressInfo, Server } from "node:net";

export function listenOn(server: Pick<Server, "listen" | "address">): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port));
  });
}
