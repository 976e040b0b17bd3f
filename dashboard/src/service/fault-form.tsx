// Lets requests to a service wait or fail, for a limited time.

import { useState } from "preact/hooks";
import type { ADMIN_PATHS, Rows } from "#api/admin-paths.ts";
import type { ApiError } from "#api/api-error.ts";
import type { DocumentChange, FaultRequest } from "#api/documents.ts";
import { ask } from "#dashboard/ask/ask.ts";
import { AppliedNote } from "#dashboard/configure/applied-note.tsx";
import { useChanging } from "#dashboard/configure/use-documents.ts";
import { CommandLine } from "#dashboard/parts/command-line.tsx";
import { ErrorNote } from "#dashboard/parts/error-note.tsx";

const FAULT: (typeof ADMIN_PATHS)["documentsFault"] = "/api/v1/documents/fault";
const SECOND_MS = 1000;

type Props = {
  readonly namespace: string;
  readonly service: string;
  readonly mayWrite: boolean;
  readonly changed: () => void;
};

type Wanted = {
  readonly kind: "delay" | "abort";
  readonly seconds: number; // of the delay
  readonly status: number;
  readonly percent: number;
  readonly forSeconds: number;
};

const USUAL: Wanted = { kind: "delay", seconds: 2, status: 503, percent: 50, forSeconds: 60 };

export function FaultForm({ namespace, service, mayWrite, changed }: Props) {
  const [wanted, want] = useState(USUAL);
  const [error, setError] = useState<ApiError | undefined>(undefined);
  const changing = useChanging(changed);
  const number = (name: keyof Wanted) => (event: InputEvent) => {
    want({ ...wanted, [name]: (event.currentTarget as HTMLInputElement).valueAsNumber });
  };
  const inject = async (event: SubmitEvent) => {
    event.preventDefault();
    setError(undefined);
    const answer = await ask<Rows<DocumentChange>>(FAULT, requestOf(wanted, namespace, service));
    if (answer.kind === "error") return setError(answer.error);
    const note = `fault for ${service}: ${faultText(wanted)}`;
    const forMs = Math.round(wanted.forSeconds * SECOND_MS);
    changing.apply({ changes: answer.value.rows, note, forMs });
  };
  return (
    <form class="fields" onSubmit={(event) => void inject(event)}>
      <label>
        Requests
        <select
          value={wanted.kind}
          onChange={(event) => want({ ...wanted, kind: event.currentTarget.value as "delay" })}
        >
          <option value="delay">wait</option>
          <option value="abort">fail</option>
        </select>
      </label>
      {wanted.kind === "delay" ? (
        <label>
          Seconds
          <input
            type="number"
            min="0.001"
            max="3600"
            step="any"
            value={wanted.seconds}
            required
            onInput={number("seconds")}
          />
        </label>
      ) : (
        <label>
          Status
          <input
            type="number"
            min="400"
            max="599"
            value={wanted.status}
            required
            onInput={number("status")}
          />
        </label>
      )}
      <label>
        Percent of them
        <input
          type="number"
          min="1"
          max="100"
          value={wanted.percent}
          required
          onInput={number("percent")}
        />
      </label>
      <label>
        For seconds
        <input
          type="number"
          min="1"
          max="86400"
          value={wanted.forSeconds}
          required
          onInput={number("forSeconds")}
        />
      </label>
      <button type="submit" disabled={!mayWrite || changing.isBusy}>
        Inject
      </button>
      <div class="wide">
        {error && <ErrorNote error={error} />}
        {changing.applied && <AppliedNote applied={changing.applied} />}
        <CommandLine text={commandOf(wanted, namespace, service)} />
      </div>
    </form>
  );
}

function requestOf(wanted: Wanted, namespace: string, service: string): FaultRequest {
  const { kind, percent, seconds, status } = wanted;
  const what =
    kind === "delay" ? { delayMs: Math.round(seconds * SECOND_MS) } : { abortStatus: status };
  return { namespace, service, percent, ...what };
}

function faultText({ kind, seconds, status, percent }: Wanted): string {
  return kind === "delay" ? `${percent} % wait ${seconds} s` : `${percent} % get ${status}`;
}

function commandOf(wanted: Wanted, namespace: string, service: string): string {
  const { kind, seconds, status, percent, forSeconds } = wanted;
  const what =
    kind === "delay" ? `--delay ${Math.round(seconds * SECOND_MS)}ms` : `--abort ${status}`;
  return `weft fault svc/${service} -n ${namespace} ${what} --percent ${percent} --for ${forSeconds}s`;
}
