// Chooses a moment of the past: how far back, where in it, and plays on from there.

import { useMemo } from "preact/hooks";
import type { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { HistoryAnswer } from "#api/history.ts";
import { useAnswer } from "#dashboard/ask/use-answer.ts";
import { PastLine } from "./past-line.tsx";
import { onStep, REPLAY_SPANS, type ReplayMoment, replayRange } from "./replay-span.ts";
import { usePlaying } from "./use-playing.ts";
import { whenText } from "./when-text.ts";

type Props = {
  readonly moment: ReplayMoment;
  readonly isThere: boolean; // the graph shows that moment
  readonly go: (moment: ReplayMoment | undefined) => void; // undefined: live
};

const PATH: (typeof ADMIN_PATHS)["history"] = "/api/v1/history";

export function TimeBar({ moment, isThere, go }: Props) {
  const { span, atMs } = moment;
  // It stays where it is while somebody looks: only another span moves it.
  const range = useMemo(() => replayRange(moment, Date.now()), [span.name]);
  const { fromMs, toMs } = range;
  const move = (steps: number) => {
    const next = Math.min(toMs, Math.max(fromMs, atMs + steps * span.stepMs));
    go({ span, atMs: next });
  };
  const { isPlaying, play, stop } = usePlaying(isThere, atMs < toMs, () => move(1));
  const query = new URLSearchParams({ kind: "mesh", from: String(fromMs), to: String(toMs) });
  const { answer } = useAnswer<HistoryAnswer>(`${PATH}?${query}`);
  const choose = (name: string) => {
    const chosen = REPLAY_SPANS.find((each) => each.name === name)!;
    go({ span: chosen, atMs: onStep(atMs, chosen) });
  };
  return (
    <fieldset class="time-bar">
      <legend class="hidden">Replay</legend>
      <div class="track">
        <PastLine history={answer?.kind === "ok" ? answer.value : undefined} />
        <input
          type="range"
          aria-label="Moment"
          aria-valuetext={whenText(atMs)}
          min={fromMs}
          max={toMs}
          step={span.stepMs}
          value={atMs}
          onInput={(event) => {
            stop();
            go({ span, atMs: onStep(Number(event.currentTarget.value), span) });
          }}
        />
        <p class="ends faint" aria-hidden="true">
          <span>{whenText(fromMs)}</span>
          <span>{whenText(toMs)}</span>
        </p>
      </div>
      <div class="actions">
        <button type="button" class="primary" onClick={isPlaying ? stop : play}>
          {isPlaying ? "Pause" : "Play"}
        </button>
        <button type="button" onClick={() => move(-1)} disabled={atMs <= fromMs}>
          Step back
        </button>
        <button type="button" onClick={() => move(1)} disabled={atMs >= toMs}>
          Step on
        </button>
        <label>
          <span class="hidden">How far back</span>
          <select value={span.name} onChange={(event) => choose(event.currentTarget.value)}>
            {REPLAY_SPANS.map(({ name, text }) => (
              <option key={name} value={name}>
                {text}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="live" onClick={() => go(undefined)}>
          Back to live
        </button>
      </div>
    </fieldset>
  );
}
