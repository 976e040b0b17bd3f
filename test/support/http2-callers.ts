// Callers over HTTP/2 who ask again as soon as they have an answer, all on one connection, and on
// another one when the peer says that it is going away. What nobody has looked at is asked again (RFC
// 9113 §8.7): Node itself refuses what it is asked between reading GOAWAY and telling of it.

import { type ClientHttp2Session, connect } from "node:http2";
import type { TestContext } from "node:test";

const PAUSE_MS = 10;
const UNSEEN = "NGHTTP2_REFUSED_STREAM";

export class Http2Callers {
  readonly #url: URL;
  readonly #done: Promise<unknown>;
  #session: ClientHttp2Session | undefined;
  #isStopped = false;
  readonly failures: string[] = [];
  answers = 0;
  sessions = 0;

  private constructor(url: string, callers: number) {
    this.#url = new URL(url);
    this.#done = Promise.all(Array.from({ length: callers }, () => this.#askOn()));
  }

  static start(
    t: TestContext,
    { url, callers }: { readonly url: string; readonly callers: number },
  ) {
    const started = new Http2Callers(url, callers);
    t.after(() => started.stop());
    return started;
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
    this.#session?.close();
  }

  async #askOn(): Promise<void> {
    while (!this.#isStopped) {
      const failure = await this.#ask();
      if (failure === "") this.answers++;
      else if (failure.endsWith(UNSEEN)) continue;
      else this.failures.push(failure);
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  #ask(): Promise<string> {
    const stream = this.#open().request({ ":path": this.#url.pathname });
    return new Promise((resolve) => {
      let status = 0;
      stream.on("response", (headers) => {
        status = headers[":status"] ?? 0;
      });
      stream.on("error", (error) => resolve(error.message));
      stream.on("close", () => resolve(status === 200 ? "" : `${status}`));
      stream.resume().end();
    });
  }

  #open(): ClientHttp2Session {
    if (this.#session && !this.#session.closed && !this.#session.destroyed) return this.#session;
    this.sessions++;
    const session = connect(this.#url.origin);
    session.on("error", () => {});
    this.#session = session;
    return session;
  }
}
