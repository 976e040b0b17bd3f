// What the admin API answers to a question, asked when the question changes.

import { useEffect, useState } from "preact/hooks";
import type { Answer } from "#api/answer.ts";
import { ask } from "./ask.ts";

export type Asked<Value> = {
  readonly answer: Answer<Value> | undefined; // undefined: not yet
  again(): void;
};

type Told<Value> = { readonly key: string; readonly answer: Answer<Value> };

export function useAnswer<Value>(path: string | undefined, body?: unknown): Asked<Value> {
  const [told, setTold] = useState<Told<Value> | undefined>(undefined);
  const [round, setRound] = useState(0);
  const key = `${path} ${JSON.stringify(body)}`;
  useEffect(() => {
    let isWanted = true;
    if (path === undefined) return;
    void ask<Value>(path, body).then((answer) => {
      if (isWanted) setTold({ key, answer });
    });
    return () => {
      isWanted = false;
    };
  }, [key, round]);
  const again = () => setRound((before) => before + 1);
  // While the same is asked again, the last answer stands.
  return { answer: told?.key === key ? told.answer : undefined, again };
}
