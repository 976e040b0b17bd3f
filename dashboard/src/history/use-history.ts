// The history of something, read again as it goes on.

import { useEffect, useState } from "preact/hooks";
import type { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { Answer } from "#api/answer.ts";
import type { HistoryAnswer, HistoryKind } from "#api/history.ts";
import { ask } from "#dashboard/ask/ask.ts";

const PATH: (typeof ADMIN_PATHS)["history"] = "/api/v1/history";
const AGAIN_MS = 5_000;

export type HistoryQuestion = {
  readonly kind: HistoryKind;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
};

// Undefined: not yet.
export function useHistory(
  { kind, namespace, name }: HistoryQuestion,
  spanMs: number,
): Answer<HistoryAnswer> | undefined {
  const [answer, setAnswer] = useState<Answer<HistoryAnswer> | undefined>(undefined);
  useEffect(() => {
    let isWanted = true;
    const read = async () => {
      const query = new URLSearchParams({ kind, from: String(Math.floor(Date.now() - spanMs)) });
      if (namespace !== undefined) query.set("namespace", namespace);
      if (name !== undefined) query.set("name", name);
      const told = await ask<HistoryAnswer>(`${PATH}?${query}`);
      if (isWanted) setAnswer(told);
    };
    void read();
    const timer = setInterval(() => void read(), AGAIN_MS);
    return () => {
      isWanted = false;
      clearInterval(timer);
    };
  }, [kind, namespace, name, spanMs]);
  return answer;
}
