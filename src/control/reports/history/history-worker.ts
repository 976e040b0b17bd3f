// The thread that keeps the history: SQLite waits for the disk, and the control plane must not.

import { parentPort, workerData } from "node:worker_threads";
import { systemClock } from "#base/clock.ts";
import { answerHistory } from "./answer-history.ts";
import { HistoryBook } from "./history-book.ts";
import type { FromWorker, ToWorker, WorkerSettings } from "./worker-messages.ts";

const book = new HistoryBook(workerData as WorkerSettings);
const port = parentPort!;
let told: string | undefined;

port.on("message", (message: ToWorker) => {
  switch (message.kind) {
    case "second":
      book.note(message.second);
      tell({ kind: "noted" });
      break;
    case "question":
      tell({ kind: "answer", id: message.id, ...answer(message) });
      break;
    case "close":
      book.close();
      return port.close();
  }
  if (book.trouble === told) return;
  told = book.trouble;
  tell({ kind: "trouble", text: told });
});

function answer({ question }: ToWorker & { readonly kind: "question" }) {
  try {
    return { told: answerHistory(book, question, systemClock.wallMs()) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

function tell(message: FromWorker): void {
  port.postMessage(message);
}
