// Listens to `orders` over a WebSocket for as long as the process lives, and tells the browsers
// that look at the shop what it hears.

import type { Audience } from "./audience.ts";

const AGAIN_FIRST_MS = 1000;
const AGAIN_MOST_MS = 15_000;

export class Feed {
  readonly #url: string;
  readonly #audience: Audience;
  #waitMs = AGAIN_FIRST_MS;
  #isStarted = false;

  // `base`: where orders is, http://...
  constructor(base: string, audience: Audience) {
    this.#url = `${base.replace(/^http/, "ws").replace(/\/+$/, "")}/feed`;
    this.#audience = audience;
  }

  // Once there is somebody to tell: by then the shop is up.
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    this.#listen();
  }

  #listen(): void {
    const socket = new WebSocket(this.#url);
    socket.onopen = () => {
      this.#waitMs = AGAIN_FIRST_MS;
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === "string") this.#audience.tell(data);
    };
    // Comes after an error, too.
    socket.onclose = () => {
      setTimeout(() => this.#listen(), this.#waitMs).unref();
      this.#waitMs = Math.min(2 * this.#waitMs, AGAIN_MOST_MS);
    };
  }
}
