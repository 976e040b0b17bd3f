// A few callers who ask again as soon as they have an answer, each over a connection of its own: so
// at any time one exchange of each is open, and what fails can be held against that.

import type { TestContext } from "node:test";
import { Requester } from "./requester.ts";

// A caller whose connection is refused must not spin.
const PAUSE_MS = 20;

export type CallersOptions = { readonly url: string; readonly callers: number };

export class Callers {
  readonly #requesters: readonly Requester[];
  readonly #done: Promise<unknown>;
  readonly failures: string[] = [];
  answers = 0;
  open = 0;
  #isStopped = false;

  private constructor({ url, callers }: CallersOptions) {
    this.#requesters = Array.from({ length: callers }, () => new Requester(1));
    this.#done = Promise.all(this.#requesters.map((requester) => this.#askOn(requester, url)));
  }

  static start(t: TestContext, options: CallersOptions): Callers {
    const callers = new Callers(options);
    t.after(() => callers.stop());
    return callers;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
    for (const requester of this.#requesters) requester.close();
  }

  async #askOn(requester: Requester, url: string): Promise<void> {
    while (!this.#isStopped) {
      this.open++;
      const failure = await requester.ask(url).then(
        ({ status, headers }) => (status === 200 ? "" : `${status} ${headers["weft-cause"]}`),
        (error: Error) => error.message,
      );
      this.open--;
      if (failure === "") this.answers++;
      else this.failures.push(failure);
      if (failure !== "") await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
