// Somebody who asks over HTTP/2: an application its own sidecar, or anybody a gateway.

import type { ExchangeEvents, UpstreamStream } from "#proxy/exchange/exchange.ts";
import { Http2ClientConnection } from "#proxy/http2/client-connection.ts";
import { PORTS } from "./sample-mesh.ts";
import { pathTo } from "./text-asker.ts";
import type { VirtualMesh } from "./virtual-mesh.ts";

export class Http2Asker {
  readonly #connection: Http2ClientConnection;
  readonly #events: ExchangeEvents;
  ended = 0;
  bytes = 0;

  constructor(mesh: VirtualMesh, port: number = PORTS.outbound) {
    const owner = { slotsChanged() {}, draining() {}, closed() {} };
    const stream = mesh.network.connect(port);
    this.#connection = new Http2ClientConnection(stream, owner, mesh.tools);
    mesh.leaving.push(() => this.#connection.destroy());
    this.#events = {
      inform() {},
      head() {},
      data: (chunk) => {
        this.bytes += chunk.length;
      },
      end: () => {
        this.ended++;
      },
      fail() {},
      drained() {},
    };
  }

  get mayAsk(): boolean {
    return this.#connection.slotsFree > 0;
  }

  // A service, through a sidecar.
  open(method: string, path: string, key = "back.shop:8080"): UpstreamStream {
    return this.openAt("here", method, pathTo(path, key));
  }

  openAt(authority: string, method: string, path: string): UpstreamStream {
    const contentLength = method === "GET" ? 0 : -1;
    const request = { method, scheme: "http", authority, headers: [], contentLength } as const;
    return this.#connection.open({ ...request, path }, this.#events);
  }
}
