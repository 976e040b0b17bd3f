// Server-sent events: the view of the mesh, once a second, to whoever watches. It is made once for
// all of them, and not at all while nobody does.

import type { ServerResponse } from "node:http";
import type { MeshView } from "#api/mesh-view.ts";
import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";

type Listener = { readonly response: ServerResponse; stalledSinceMs: number | undefined };

export class ViewStream {
  readonly #clock: Clock;
  readonly #view: () => MeshView;
  readonly #listeners = new Set<Listener>();
  #timer: Timer | undefined;
  #id = 0;
  #latest = "";

  constructor(clock: Clock, view: () => MeshView) {
    this.#clock = clock;
    this.#view = view;
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  get isFull(): boolean {
    return this.#listeners.size >= LIMITS.adminListenersMax;
  }

  // Takes the response over. Only while it isn't full.
  add(response: ServerResponse): void {
    const listener = { response, stalledSinceMs: undefined };
    this.#listeners.add(listener);
    response.on("close", () => this.#remove(listener));
    response.on("error", () => this.#remove(listener));
    response.writeHead(200, { ...SECURITY_HEADERS, "content-type": "text/event-stream" });
    response.write(`retry: ${LIMITS.adminViewMs}\n\n`);
    if (this.#timer) this.#send(listener, this.#latest);
    else this.#tick();
  }

  close(): void {
    for (const { response } of this.#listeners) response.destroy();
    this.#listeners.clear();
    this.#timer?.cancel();
    this.#timer = undefined;
  }

  #tick(): void {
    this.#timer = undefined;
    if (this.#listeners.size === 0) return;
    this.#latest = this.#event();
    for (const listener of this.#listeners) this.#send(listener, this.#latest);
    this.#timer = this.#clock.after(LIMITS.adminViewMs, () => this.#tick());
  }

  #event(): string {
    this.#id++;
    return `event: view\nid: ${this.#id}\ndata: ${JSON.stringify(this.#view())}\n\n`;
  }

  // One that reads too slowly misses views, and is let go when it doesn't read at all.
  #send(listener: Listener, event: string): void {
    const { response } = listener;
    if (!response.writableNeedDrain) {
      listener.stalledSinceMs = undefined;
      response.write(event);
      return;
    }
    const nowMs = this.#clock.nowMs();
    listener.stalledSinceMs ??= nowMs;
    if (nowMs - listener.stalledSinceMs >= LIMITS.adminListenerStallMs) response.destroy();
  }

  #remove(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
