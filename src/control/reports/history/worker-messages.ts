// Between the control plane's main thread and the one that keeps the history.

import type { HistoryQuestion, HistoryTold } from "./answer-history.ts";
import type { HistorySecond } from "./history-book.ts";

export type WorkerSettings = { readonly path: string | undefined };

export type ToWorker =
  | { readonly kind: "second"; readonly second: HistorySecond }
  | { readonly kind: "question"; readonly id: number; readonly question: HistoryQuestion }
  | { readonly kind: "close" };

export type FromWorker =
  | {
      readonly kind: "answer";
      readonly id: number;
      readonly told?: HistoryTold;
      readonly reason?: string; // why there is none
    }
  | { readonly kind: "noted" } // a second
  | { readonly kind: "trouble"; readonly text: string | undefined };
