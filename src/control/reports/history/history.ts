// The mesh's past: takes each second as it is over, and answers questions. What keeps it runs in a
// thread of its own; when that is slow or gone, seconds are lost and questions are refused, and
// nothing else waits.

import { Worker } from "node:worker_threads";
import type { Answer } from "#api/answer.ts";
import type { ApiErrorCode } from "#api/api-error.ts";
import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import type { Log } from "#base/log.ts";
import type { HistoryQuestion, HistoryTold } from "./answer-history.ts";
import type { HistorySecond } from "./history-book.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./worker-messages.ts";

type Waiting = { readonly timer: Timer; answer(answer: Answer<HistoryTold>): void };

export type HistoryOptions = {
  readonly path: string | undefined; // undefined: in memory only
  readonly clock: Clock;
  readonly log: Log;
};

export class History {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #settings: WorkerSettings;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #asked = 0;
  #secondsUnderWay = 0;
  secondsLost = 0;
  #namesKept = new Map<number, string>();
  #goneKept = new Set<number>();
  // What people should know; undefined where all is well.
  trouble: string | undefined;

  constructor({ path, clock, log }: HistoryOptions) {
    this.#clock = clock;
    this.#log = log;
    this.#settings = { path };
    this.#start();
  }

  note(second: HistorySecond): void {
    if (this.#secondsUnderWay >= LIMITS.historySecondsQueuedMax) {
      this.secondsLost++;
      this.#keepNames(second);
      return;
    }
    this.#secondsUnderWay++;
    const named = [...this.#namesKept, ...second.named];
    const gone = [...this.#goneKept, ...second.gone];
    this.#namesKept = new Map();
    this.#goneKept = new Set();
    const told = { ...second, named, gone };
    this.#tell({ kind: "second", second: told }, [second.block.buffer as ArrayBuffer]);
  }

  ask(question: HistoryQuestion): Promise<Answer<HistoryTold>> {
    if (!this.#worker) return Promise.resolve(refusal("unavailable", this.trouble ?? ""));
    if (this.#waiting.size >= LIMITS.historyQuestionsMax) {
      return Promise.resolve(refusal("unavailable", "too many questions wait already"));
    }
    const id = this.#asked++;
    return new Promise((resolve) => {
      const answer = (answer: Answer<HistoryTold>): void => {
        this.#waiting.get(id)?.timer.cancel();
        this.#waiting.delete(id);
        resolve(answer);
      };
      const late = "it takes too long. Ask for a shorter time, or for one namespace or name";
      const timer = this.#clock.after(LIMITS.historyAnswerMs, () =>
        answer(refusal("unavailable", late)),
      );
      this.#waiting.set(id, { timer, answer });
      this.#tell({ kind: "question", id, question });
    });
  }

  async close(): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#tell({ kind: "close" });
    this.#worker = undefined;
    await new Promise((resolve) => worker.once("exit", resolve));
  }

  // Names are told once: those of a second that is lost come with the next. Whose come and go
  // meanwhile need not be told, so there are never more than there are series.
  #keepNames({ named, gone }: HistorySecond): void {
    for (const [number, text] of named) this.#namesKept.set(number, text);
    for (const number of gone) if (!this.#namesKept.delete(number)) this.#goneKept.add(number);
  }

  #start(): void {
    // Emitted files bear another ending than the sources.
    const file = import.meta.url.replace(/history\.(\w+)$/, "history-worker.$1");
    const worker = new Worker(new URL(file), { workerData: this.#settings });
    worker.unref();
    worker.on("message", (message: FromWorker) => this.#hear(message));
    worker.on("error", (error) => this.#lost(error instanceof Error ? error.message : "unknown"));
    this.#worker = worker;
  }

  #hear(message: FromWorker): void {
    if (message.kind === "noted") {
      this.#secondsUnderWay--;
      return;
    }
    if (message.kind === "trouble") {
      this.trouble = message.text;
      if (message.text) this.#log.warn(message.text);
      else this.#log.info("The history is kept on disk again");
      return;
    }
    const { told, reason } = message;
    const answer: Answer<HistoryTold> = told
      ? { kind: "ok", value: told }
      : refusal("failed", reason ?? "");
    this.#waiting.get(message.id)?.answer(answer);
  }

  // The mesh goes on without; a new start of the control plane begins it anew.
  #lost(reason: string): void {
    this.#worker = undefined;
    this.trouble = `The history is not kept any more: its thread ended (${reason})`;
    this.#log.error(this.trouble);
    for (const { answer } of [...this.#waiting.values()]) {
      answer(refusal("unavailable", this.trouble));
    }
  }

  #tell(message: ToWorker, transfer: readonly ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, transfer);
  }
}

function refusal(code: ApiErrorCode, reason: string): Answer<never> {
  const message = `Cannot tell what has been: ${reason}`;
  return { kind: "error", error: { code, message, remedy: null } };
}
