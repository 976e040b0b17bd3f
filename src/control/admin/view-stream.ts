// Server-sent events: the view of the mesh, once a second, to whoever watches. It is made once for
// all of them, and not at all while nobody does.

import type { ServerResponse } from "node:http";
import type { MeshView } from "#api/mesh-view.ts";
import type { ViewEvent } from "#api/view-event.ts";
import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import { SECURITY_HEADERS } from "./security-headers.ts";
import { ViewEncoder } from "./view-encoder.ts";

type Listener = {
  readonly response: ServerResponse;
  stalledSinceMs: number | undefined;
  hasAll: boolean; // every event before the next one
};

// The events of one moment: for those who have all that were before, and for the others. Each is
// written when the first wants it.
type Moment = { readonly next: () => string; readonly whole: () => string };

export class ViewStream {
  readonly #clock: Clock;
  readonly #view: () => MeshView;
  readonly #listeners = new Set<Listener>();
  #timer: Timer | undefined;
  #id = 0;
  #encoder = new ViewEncoder();
  #latest: Moment | undefined;

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
    const listener = { response, stalledSinceMs: undefined, hasAll: false };
    this.#listeners.add(listener);
    response.on("close", () => this.#remove(listener));
    response.on("error", () => this.#remove(listener));
    response.writeHead(200, { ...SECURITY_HEADERS, "content-type": "text/event-stream" });
    response.write(`retry: ${LIMITS.adminViewMs}\n\n`);
    if (this.#timer && this.#latest) this.#send(listener, this.#latest);
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
    const moment = this.#moment();
    this.#latest = moment;
    for (const listener of this.#listeners) this.#send(listener, moment);
    this.#timer = this.#clock.after(LIMITS.adminViewMs, () => this.#tick());
  }

  #moment(): Moment {
    const id = ++this.#id;
    const view = this.#view();
    const event = this.#encoder.next(view);
    const encoder = this.#encoder;
    return {
      next: once(() => textOf(event, id)),
      whole: once(() => textOf(encoder.whole(view, event), id)),
    };
  }

  // One that reads too slowly misses views, and is let go when it doesn't read at all.
  #send(listener: Listener, moment: Moment): void {
    const { response } = listener;
    if (!response.writableNeedDrain) {
      listener.stalledSinceMs = undefined;
      response.write(listener.hasAll ? moment.next() : moment.whole());
      listener.hasAll = true;
      return;
    }
    listener.hasAll = false;
    const nowMs = this.#clock.nowMs();
    listener.stalledSinceMs ??= nowMs;
    if (nowMs - listener.stalledSinceMs >= LIMITS.adminListenerStallMs) response.destroy();
  }

  #remove(listener: Listener): void {
    this.#listeners.delete(listener);
    if (this.#listeners.size > 0) return;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#latest = undefined;
    this.#encoder = new ViewEncoder();
  }
}

function textOf(event: ViewEvent, id: number): string {
  return `event: view\nid: ${id}\ndata: ${JSON.stringify(event)}\n\n`;
}

function once(make: () => string): () => string {
  let text: string | undefined;
  return () => (text ??= make());
}
