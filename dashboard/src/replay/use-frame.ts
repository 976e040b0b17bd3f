// The mesh as it was at a moment: who talked to whom, and what each workload answered. One question
// is under way at a time; what is moved past meanwhile isn't asked for, and what was seen lately is
// not asked for again.

import { useEffect, useRef, useState } from "preact/hooks";
import type { ADMIN_PATHS, PastRows } from "#api/admin-paths.ts";
import type { Answer } from "#api/answer.ts";
import type { EdgeRow } from "#api/edge-row.ts";
import type { HistorySpan } from "#api/history.ts";
import type { StatRow } from "#api/stat-row.ts";
import { ask } from "#dashboard/ask/ask.ts";
import type { ReplayMoment } from "./replay-span.ts";

const EDGES_PATH: (typeof ADMIN_PATHS)["edges"] = "/api/v1/edges";
const STAT_PATH: (typeof ADMIN_PATHS)["stat"] = "/api/v1/stat";
const FRAMES_MAX = 64;
// So that a slider that is dragged doesn't ask for every step.
const REST_MS = 60;

export type Frame = {
  readonly atMs: number;
  readonly edges: readonly EdgeRow[];
  readonly stat: readonly StatRow[];
  readonly span: HistorySpan;
};

export type Framed = {
  // The newest that was told, perhaps of another moment; undefined: none yet.
  readonly answer: Answer<Frame> | undefined;
  readonly isThere: boolean; // it is of the moment that was asked for
};

type Told = { readonly key: string; readonly answer: Answer<Frame> };

export function useFrame(moment: ReplayMoment | undefined): Framed {
  const frames = useRef(new Map<string, Answer<Frame>>());
  const isAsking = useRef(false);
  const wanted = useRef("");
  const [told, setTold] = useState<Told | undefined>(undefined);
  const [round, setRound] = useState(0);
  const key = moment ? `${moment.span.name} ${moment.atMs}` : "";
  wanted.current = key;
  useEffect(() => {
    if (!moment) return setTold(undefined);
    const known = frames.current.get(key);
    if (known) return setTold({ key, answer: known });
    // When the one under way is answered, this comes again with what is wanted then.
    if (isAsking.current) return;
    const timer = setTimeout(() => {
      isAsking.current = true;
      void askFrame(moment).then((answer) => {
        isAsking.current = false;
        if (answer.kind === "ok") keep(frames.current, key, answer);
        setTold({ key, answer });
        if (wanted.current !== key) setRound((before) => before + 1);
      });
    }, REST_MS);
    return () => clearTimeout(timer);
  }, [key, round]);
  return { answer: told?.answer, isThere: told?.key === key };
}

// The oldest goes.
function keep(frames: Map<string, Answer<Frame>>, key: string, answer: Answer<Frame>): void {
  frames.set(key, answer);
  const [oldest] = frames.keys();
  if (frames.size > FRAMES_MAX && oldest !== undefined) frames.delete(oldest);
}

async function askFrame({ span, atMs }: ReplayMoment): Promise<Answer<Frame>> {
  const query = new URLSearchParams({ from: String(atMs - span.windowMs), to: String(atMs) });
  const [edges, stat] = await Promise.all([
    ask<PastRows<EdgeRow>>(`${EDGES_PATH}?${query}`),
    ask<PastRows<StatRow>>(`${STAT_PATH}?kind=workload&${query}`),
  ]);
  if (edges.kind === "error") return edges;
  if (stat.kind === "error") return stat;
  const { rows, span: kept } = edges.value;
  return { kind: "ok", value: { atMs, edges: rows, stat: stat.value.rows, span: kept } };
}
