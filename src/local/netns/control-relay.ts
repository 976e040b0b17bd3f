// Brings connections from namespaces to the control plane, which listens on loopback only. Bytes as
// they are: the two know each other by their certificates.

import { connect, createServer, type Server, type Socket } from "node:net";
import type { Address } from "#main/bootstrap.ts";

const CONNECTIONS_MAX = 64;

export class ControlRelay {
  readonly address: Address;
  readonly #server: Server;
  readonly #open = new Set<Socket>();

  private constructor(server: Server, address: Address) {
    this.#server = server;
    this.address = address;
  }

  // Rejects where it can't listen there.
  static async open(host: string, control: Address): Promise<ControlRelay> {
    const server = createServer();
    server.maxConnections = CONNECTIONS_MAX;
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host, port: 0 }, resolve);
    });
    const { port } = server.address() as { port: number };
    const relay = new ControlRelay(server, { address: host, port });
    server.on("connection", (socket) => relay.#relay(socket, control));
    return relay;
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#open) socket.destroy();
  }

  #relay(from: Socket, control: Address): void {
    const to = connect({ host: control.address, port: control.port });
    const pair = [from, to] as const;
    for (const socket of pair) {
      this.#open.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#open.delete(socket);
        for (const each of pair) each.destroy();
      });
    }
    from.pipe(to);
    to.pipe(from);
  }
}
