// Server-sent events of live requests, to one who watches. What a slow reader doesn't take is
// counted and not kept.

import type { ServerResponse } from "node:http";
import type { TappedBodies, TappedEvent } from "#api/tap.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

export class TapStream {
  readonly #response: ServerResponse;
  #untold = 0;
  told = 0;
  bodiesTold = 0;

  // Takes the response over.
  constructor(response: ServerResponse, closed: () => void) {
    this.#response = response;
    response.on("close", closed);
    response.on("error", () => {});
    response.on("drain", () => this.untold(0));
    response.writeHead(200, { ...SECURITY_HEADERS, "content-type": "text/event-stream" });
    response.write(": watching\n\n");
  }

  event(event: TappedEvent): void {
    if (this.#response.writableNeedDrain) {
      if (event.phase === "request") this.#untold++;
      return;
    }
    this.told++;
    if (event.phase === "end" && event.bodies) this.bodiesTold += bodiesIn(event.bodies);
    this.#write(event.phase, event);
  }

  untold(count: number): void {
    this.#untold += count;
    if (this.#untold === 0 || this.#response.writableNeedDrain) return;
    this.#write("untold", { untold: this.#untold });
    this.#untold = 0;
  }

  // Somebody asked for nobody: the stream stays open, for who may come.
  note(text: string): void {
    this.#response.write(`: ${text}\n\n`);
  }

  #write(name: string, data: unknown): void {
    this.#response.write(`event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
  }
}

// Those of which anything was shown.
function bodiesIn({ request, response }: TappedBodies): number {
  const shown = [request, response].filter(({ text, base64 }) => text !== undefined || base64);
  return shown.length;
}
