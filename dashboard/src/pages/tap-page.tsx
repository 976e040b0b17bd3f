// Live requests, with filters, a pause, and each in detail.

import { useState } from "preact/hooks";
import type { MeshView } from "#api/mesh-view.ts";
import { useRole } from "#dashboard/ask/use-role.ts";
import { CommandLine } from "#dashboard/parts/command-line.tsx";
import { ErrorNote } from "#dashboard/parts/error-note.tsx";
import { Panel } from "#dashboard/parts/panel.tsx";
import { steady } from "#dashboard/parts/steady.ts";
import { TapDetail } from "#dashboard/tap/tap-detail.tsx";
import { tapCommand, tapQuery } from "#dashboard/tap/tap-question.ts";
import { TapTable } from "#dashboard/tap/tap-table.tsx";
import { type Tap, useTap } from "#dashboard/tap/use-tap.ts";
import { askedPlace } from "#dashboard/way/place.ts";

type Props = { readonly asked: URLSearchParams; readonly view: MeshView };

export function TapPage({ asked, view }: Props) {
  const mayWrite = useRole() === "write";
  const [isPaused, setPaused] = useState(false);
  const [chosen, choose] = useState<string | undefined>(undefined);
  const tap = useTap(isPaused ? undefined : tapQuery(asked));
  const row = tap.rows.find(({ request }) => request.id === chosen);
  return (
    <>
      <Panel id="watch" title="Live requests" note={noteOf(tap)}>
        <Filters question={asked.toString()} workloads={view.workloads} mayWrite={mayWrite} />
        <div class="actions">
          <button type="button" class="primary" onClick={() => setPaused(!isPaused)}>
            {isPaused ? "Watch again" : "Pause"}
          </button>
          {tap.untold > 0 && (
            <span class="faint" role="status">
              {tap.untold} more than 50 a second are not shown
            </span>
          )}
        </div>
        {tap.error && <ErrorNote error={tap.error} />}
        <TapTable rows={tap.rows} chosen={chosen} choose={choose} />
        <CommandLine text={tapCommand(asked)} />
      </Panel>
      {row && <TapDetail row={row} close={() => choose(undefined)} />}
    </>
  );
}

const NOTES = {
  off: "paused; what was seen stays",
  connecting: "asking the proxies …",
  watching: "as they happen; secrets are left out",
  failed: "not watching",
} as const satisfies Record<Tap["state"], string>;

function noteOf({ state }: Tap): string {
  return NOTES[state];
}

type FiltersProps = {
  readonly question: string; // as the address has it
  readonly workloads: MeshView["workloads"];
  readonly mayWrite: boolean;
};

// Not drawn with every request that comes: that would take back what somebody is choosing.
const Filters = steady(({ question, workloads, mayWrite }: FiltersProps) => {
  const asked = new URLSearchParams(question);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const said = new FormData(event.currentTarget as HTMLFormElement);
    const names = ["resource", "direction", "method", "path", "status", "latency", "bodies"];
    const texts = names.map((name) => [name, String(said.get(name) ?? "").trim()]);
    location.hash = askedPlace("tap", Object.fromEntries(texts));
  };
  const value = (name: string) => asked.get(name) ?? "";
  return (
    <form class="fields" onSubmit={submit} key={question}>
      <label>
        Of
        <select name="resource" value={value("resource")}>
          <option value="">everything</option>
          <optgroup label="Services">
            {servicesOf(workloads).map((name) => (
              <option key={name} value={`svc/${name}`}>
                svc/{name}
              </option>
            ))}
          </optgroup>
          <optgroup label="Workloads">
            {workloads.map(({ name, namespace }) => (
              <option key={`${namespace}/${name}`} value={`deploy/${name}`}>
                deploy/{name}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      <label class="short">
        Side
        <select name="direction" value={value("direction")}>
          <option value="">both</option>
          <option value="in">taken</option>
          <option value="out">sent</option>
        </select>
      </label>
      <label class="short">
        Method
        <input name="method" value={value("method")} placeholder="any" />
      </label>
      <label>
        Path begins with
        <input name="path" value={value("path")} placeholder="/" />
      </label>
      <label class="short">
        Status
        <input
          name="status"
          value={value("status")}
          placeholder="5xx"
          pattern="[1-5]xx|\d{3}(-\d{3})?"
        />
      </label>
      <label class="short">
        At least, ms
        <input name="latency" value={value("latency")} inputMode="numeric" pattern="\d*" />
      </label>
      <BodySwitch value={value("bodies")} mayWrite={mayWrite} />
      <button type="submit">Filter</button>
    </form>
  );
});

type SwitchProps = { readonly value: string; readonly mayWrite: boolean };

// Bodies are for those who may change the mesh, too.
function BodySwitch({ value, mayWrite }: SwitchProps) {
  const why = mayWrite ? {} : { title: "needs a session that may write: weft dashboard --write" };
  return (
    <label class="short" {...why}>
      Bodies
      <select name="bodies" value={mayWrite ? value : ""} disabled={!mayWrite}>
        <option value="">left out</option>
        <option value="with">shown</option>
      </select>
    </label>
  );
}

function servicesOf(workloads: MeshView["workloads"]): readonly string[] {
  return [...new Set(workloads.flatMap(({ services }) => services))].sort();
}
