// Asks over a few connections that stay open, and gives whole answers.

import { Agent, type IncomingHttpHeaders, request } from "node:http";

const TIMEOUT_MS = 10_000;
export const NO_ANSWER = "no answer in time";

export type Asked = {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
};

export type Answered = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
};

export class Requester {
  readonly #agent: Agent;

  constructor(connections: number) {
    this.#agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  // Rejects where no whole answer came.
  ask(url: string, { method = "GET", headers = {}, body }: Asked = {}): Promise<Answered> {
    const options = { method, headers, agent: this.#agent, timeout: TIMEOUT_MS };
    return new Promise((resolve, reject) => {
      const asking = request(url, options, (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (part: string) => {
          text += part;
        });
        answer.on("error", reject);
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }),
        );
      });
      asking.on("timeout", () => asking.destroy(new Error(NO_ANSWER)));
      asking.on("error", reject);
      asking.end(body);
    });
  }

  // biome-ignore lint/suspicious/noExplicitAny: what applications say, as they say it.
  async askJson(url: string, asked: Asked = {}): Promise<any> {
    const { status, text } = await this.ask(url, asked);
    if (status !== 200) throw new Error(`${url}: ${status} ${text}`);
    return JSON.parse(text);
  }

  close(): void {
    this.#agent.destroy();
  }
}
