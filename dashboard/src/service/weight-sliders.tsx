// The shares of a rule's backends, moved by hand: edits the weights in their document, as one
// change.

import { useState } from "preact/hooks";
import type { ADMIN_PATHS, Rows } from "#api/admin-paths.ts";
import type { ApiError } from "#api/api-error.ts";
import type { DocumentChange } from "#api/documents.ts";
import type { RuleSource, ServiceRule } from "#api/service-detail.ts";
import { ask } from "#dashboard/ask/ask.ts";
import { AppliedNote } from "#dashboard/configure/applied-note.tsx";
import { useChanging } from "#dashboard/configure/use-documents.ts";
import { CommandLine } from "#dashboard/parts/command-line.tsx";
import { ErrorNote } from "#dashboard/parts/error-note.tsx";
import { moveShare, sharesOf } from "./shares.ts";

const EDIT: (typeof ADMIN_PATHS)["documentsEdit"] = "/api/v1/documents/edit";

type Props = {
  readonly rule: ServiceRule;
  readonly source: RuleSource;
  readonly mayWrite: boolean;
  readonly changed: () => void;
};

export function WeightSliders({ rule, source, mayWrite, changed }: Props) {
  const now = sharesOf(rule.backends.map(({ weight }) => weight));
  const [moved, setMoved] = useState<readonly number[] | undefined>(undefined);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const changing = useChanging(() => {
    setMoved(undefined);
    changed();
  });
  const shares = moved ?? now;
  const isMoved = shares.some((share, i) => share !== now[i]);
  const edits = rule.backends.map(({ path }, i) => ({ path: path!, value: shares[i]! }));
  const apply = async () => {
    setError(undefined);
    const answer = await ask<Rows<DocumentChange>>(EDIT, { ...source, edits });
    if (answer.kind === "error") return setError(answer.error);
    const said = rule.backends.map(({ backend }, i) => `${backend} ${shares[i]} %`).join(", ");
    changing.apply({ changes: answer.value.rows, note: `${source.name}: ${said}` });
  };
  const words = edits.map(({ path, value }) => `${path.join(".")}=${value}`);
  const object = `${source.kind.toLowerCase()}/${source.name} -n ${source.namespace}`;
  return (
    <fieldset class="sliders" disabled={!mayWrite || changing.isBusy}>
      <legend>Move its shares</legend>
      {rule.backends.map(({ backend }, i) => (
        <label key={backend}>
          <span>{backend}</span>
          <input
            type="range"
            min="0"
            max="100"
            value={shares[i]}
            aria-valuetext={`${shares[i]} percent to ${backend}`}
            onInput={(event) => setMoved(moveShare(shares, i, event.currentTarget.valueAsNumber))}
          />
          <output>{shares[i]} %</output>
        </label>
      ))}
      <div class="actions">
        <button type="button" class="primary" disabled={!isMoved} onClick={() => void apply()}>
          Apply
        </button>
        <button type="button" disabled={!isMoved} onClick={() => setMoved(undefined)}>
          Undo
        </button>
        {!mayWrite && <span class="faint">needs a session that may write</span>}
      </div>
      {error && <ErrorNote error={error} />}
      {changing.applied && <AppliedNote applied={changing.applied} />}
      {isMoved && <CommandLine text={`weft edit ${object} ${words.join(" ")}`} />}
    </fieldset>
  );
}
