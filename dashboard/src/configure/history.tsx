// What was changed through the dashboard or the command line, and the way back.

import type { AppliedChange } from "#api/documents.ts";
import { durationText } from "#dashboard/text/duration-text.ts";

type Props = {
  readonly history: readonly AppliedChange[];
  readonly nowMs: number;
  readonly mayWrite: boolean;
  readonly rollback: (id: string) => void;
};

export function History({ history, nowMs, mayWrite, rollback }: Props) {
  if (history.length === 0) return <p class="empty">Nothing was changed from here yet.</p>;
  return (
    <ul class="history">
      {history.map(({ id, atMs, by, note, files, state, endsAtMs }) => (
        <li key={id}>
          <span class="what">
            <strong>{note || files.join(", ")}</strong>{" "}
            <span class="faint">
              {durationText(nowMs - atMs)} ago by {by}
              {note !== "" && ` · ${files.join(", ")}`}
              {endsAtMs !== null && ` · ends in ${durationText(endsAtMs - nowMs)}`}
            </span>
          </span>
          {state === "rolled-back" ? (
            <span class="chip">rolled back</span>
          ) : (
            <button
              type="button"
              disabled={!mayWrite}
              onClick={() => rollback(id)}
              aria-label={`Roll back: ${note || files.join(", ")}`}
            >
              Roll back
            </button>
          )}
        </li>
      ))}
    </ul>
  );
}
