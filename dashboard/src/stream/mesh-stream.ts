// The live views, and whether they come. A connection that breaks or falls silent is made anew; a
// session that has ended is told as such, and looked for again, as another tab may log in.

import type { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { MeshView } from "#api/mesh-view.ts";
import type { ViewEvent } from "#api/view-event.ts";
import { ViewDecoder } from "./view-decoder.ts";

const EVENTS_PATH: (typeof ADMIN_PATHS)["events"] = "/api/v1/events";
const SESSION_PATH: (typeof ADMIN_PATHS)["session"] = "/api/v1/session";
const UNAUTHENTICATED = 401;

// Views come once a second.
const SILENCE_MAX_MS = 5000;
const RETRY_MS = 2000;

export type StreamState = "connecting" | "live" | "reconnecting" | "logged-out";

export type StreamListener = {
  onView(view: MeshView): void;
  onState(state: StreamState): void;
};

export class MeshStream {
  readonly #listener: StreamListener;
  readonly #decoder = new ViewDecoder();
  #source: EventSource | undefined;
  #timer: number | undefined;
  #state: StreamState = "connecting";
  #isClosed = false;

  constructor(listener: StreamListener) {
    this.#listener = listener;
    this.#connect();
  }

  close(): void {
    this.#isClosed = true;
    this.#disconnect();
  }

  #connect(): void {
    this.#disconnect();
    const source = new EventSource(EVENTS_PATH);
    this.#source = source;
    source.addEventListener("view", (event) => this.#receive(event));
    source.addEventListener("error", () => void this.#lose());
    this.#expectView();
  }

  #receive(event: MessageEvent<string>): void {
    this.#expectView();
    this.#enter("live");
    this.#listener.onView(this.#decoder.decode(JSON.parse(event.data) as ViewEvent));
  }

  // A connection can die without a word: the computer slept, the network changed.
  #expectView(): void {
    this.#after(SILENCE_MAX_MS, () => void this.#lose());
  }

  // EventSource gives up for good on any answer but 200, and doesn't say which it was.
  async #lose(): Promise<void> {
    this.#disconnect();
    const state = (await isLoggedOut()) ? "logged-out" : "reconnecting";
    if (this.#isClosed) return;
    this.#enter(state);
    this.#after(RETRY_MS, () => this.#connect());
  }

  #enter(state: StreamState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#listener.onState(state);
  }

  #disconnect(): void {
    this.#source?.close();
    this.#source = undefined;
    window.clearTimeout(this.#timer);
  }

  #after(delayMs: number, run: () => void): void {
    window.clearTimeout(this.#timer);
    this.#timer = window.setTimeout(run, delayMs);
  }
}

async function isLoggedOut(): Promise<boolean> {
  try {
    const answer = await fetch(SESSION_PATH, { signal: AbortSignal.timeout(RETRY_MS) });
    return answer.status === UNAUTHENTICATED;
  } catch {
    return false;
  }
}
