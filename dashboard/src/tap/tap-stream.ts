// Live requests as the control plane tells them: server-sent events in the answer to a POST, which
// EventSource can't ask.

import type { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { ApiError } from "#api/api-error.ts";
import type { TappedEvent, TapQuery, TapUntold } from "#api/tap.ts";
import { postOf, unreachable } from "#dashboard/ask/ask.ts";

const PATH: (typeof ADMIN_PATHS)["tap"] = "/api/v1/tap";

export type TapListener = {
  open(): void;
  event(event: TappedEvent): void;
  untold(count: number): void;
  // Not after `close`.
  over(error: ApiError): void;
};

export class TapStream {
  readonly #listener: TapListener;
  readonly #ending = new AbortController();

  constructor(query: TapQuery, listener: TapListener) {
    this.#listener = listener;
    void this.#read(query);
  }

  close(): void {
    this.#ending.abort();
  }

  async #read(query: TapQuery): Promise<void> {
    try {
      const answer = await fetch(PATH, { ...postOf(query), signal: this.#ending.signal });
      if (!answer.ok) return this.#listener.over((await answer.json()) as ApiError);
      this.#listener.open();
      const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const blocks = (rest + value).split("\n\n");
        rest = blocks.pop()!;
        for (const block of blocks) this.#take(block);
      }
      this.#listener.over(unreachable("the control plane has ended the stream"));
    } catch (error) {
      if (!this.#ending.signal.aborted) this.#listener.over(unreachable(error));
    }
  }

  #take(block: string): void {
    const fields = block.split("\n").map((line) => line.split(/: (.*)/, 2));
    const [, data] = fields.find(([name]) => name === "data") ?? [];
    if (data === undefined) return;
    const event = JSON.parse(data) as TappedEvent | TapUntold;
    if ("untold" in event) this.#listener.untold(event.untold);
    else this.#listener.event(event);
  }
}
