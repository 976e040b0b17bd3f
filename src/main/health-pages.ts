// What the kubelet asks: /live (this process answers) and /ready (it may be sent proxies), with the
// reason where it is not.

import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { withoutQuery } from "#base/path-query.ts";

const CONNECTIONS_MAX = 64;

export class HealthPages {
  // "" when it is ready.
  #unready = "it has just started";
  readonly #reasons: () => readonly string[];
  readonly #server: Server;

  // `reasons`: others why it is not, as they are found when somebody asks.
  constructor(reasons: () => readonly string[]) {
    this.#reasons = reasons;
    this.#server = createServer((request, answer) => {
      const path = withoutQuery(request.url ?? "");
      if (path === "/live") return void answer.end("live\n");
      if (path !== "/ready") return void answer.writeHead(404).end();
      if (this.#unready === "") return void answer.end("ready\n");
      const lines = [this.#unready, ...this.#reasons()];
      answer.writeHead(503).end(`not ready: ${lines.join("\n")}\n`);
    });
    this.#server.maxConnections = CONNECTIONS_MAX;
  }

  set unready(reason: string) {
    this.#unready = reason;
  }

  // Rejects with the system's error.
  listen(on: { readonly address: string; readonly port: number }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ port: on.port, ...(on.address && { host: on.address }) }, () => {
        resolve((this.#server.address() as AddressInfo).port);
      });
    });
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}
