// The call graph alone, with a way to find and to narrow, live or as it was.

import { useState } from "preact/hooks";
import type { EdgeRow } from "#api/edge-row.ts";
import type { MeshView } from "#api/mesh-view.ts";
import { CallGraphView } from "#dashboard/graph/call-graph-view.tsx";
import { type Narrowing, narrowed } from "#dashboard/graph/narrowed.ts";
import { NarrowingForm } from "#dashboard/graph/narrowing-form.tsx";
import type { KnownEdge, MeshMemory } from "#dashboard/memory/mesh-memory.ts";
import { CommandLine } from "#dashboard/parts/command-line.tsx";
import { EdgesTable } from "#dashboard/parts/edges-table.tsx";
import { ErrorNote } from "#dashboard/parts/error-note.tsx";
import { Panel } from "#dashboard/parts/panel.tsx";
import {
  onStep,
  REPLAY_SPANS,
  type ReplayMoment,
  replayMoment,
} from "#dashboard/replay/replay-span.ts";
import { TimeBar } from "#dashboard/replay/time-bar.tsx";
import { type Framed, useFrame } from "#dashboard/replay/use-frame.ts";
import { whenText } from "#dashboard/replay/when-text.ts";
import { askedPlace, changePlace } from "#dashboard/way/place.ts";

type Props = {
  readonly asked: URLSearchParams;
  readonly view: MeshView;
  readonly memory: MeshMemory;
};

const ALL: Narrowing = { find: "", namespace: "", onlyFailing: false };
const NOTE = "who talks to whom, with rates, failures and latency";

export function GraphPage({ asked, view, memory }: Props) {
  const [narrowing, narrow] = useState(ALL);
  const [zoom, setZoom] = useState(1);
  const moment = replayMoment(asked);
  const framed = useFrame(moment);
  const then = framed.answer?.kind === "ok" ? framed.answer.value : undefined;
  const known = moment ? (then?.edges.map((edge) => seenAt(edge, then.atMs)) ?? []) : memory.edges;
  const stat = moment ? (then?.stat ?? []) : view.stat;
  const shown = narrowed({ ...view, stat }, known, narrowing);
  return (
    <Panel id="graph" title="Graph" note={NOTE}>
      <NarrowingForm {...{ view, narrowing, narrow, zoom, setZoom }} />
      {moment && <Past moment={moment} framed={framed} />}
      {!moment && (
        <div class="actions">
          <button type="button" onClick={() => go({ span: REPLAY_SPANS[0]!, atMs: view.atMs })}>
            Replay the past
          </button>
        </div>
      )}
      {(!moment || then) && (
        <div class={moment ? "past-graph" : ""}>
          <CallGraphView
            view={shown.view}
            edges={shown.edges}
            zoom={zoom}
            isPast={moment !== undefined}
          />
        </div>
      )}
      <EdgesTable edges={shown.edges} />
      <CommandLine text={commandOf(moment)} />
    </Panel>
  );
}

function Past({ moment, framed }: { readonly moment: ReplayMoment; readonly framed: Framed }) {
  const { answer, isThere } = framed;
  const kept = answer?.kind === "ok" ? answer.value.span : undefined;
  const isBefore = kept !== undefined && (kept.sinceMs ?? Number.POSITIVE_INFINITY) > moment.atMs;
  const seconds = moment.span.windowMs / 1000;
  return (
    <>
      <p class="notice past">
        <strong>The past:</strong> <time>{whenText(moment.atMs)}</time>, figures of the {seconds} s
        before{isThere ? "" : " …"}
        {isBefore && ". Nothing is kept of this time."}
      </p>
      {answer?.kind === "error" && <ErrorNote error={answer.error} />}
      {kept?.notice != null && <p class="error-note">{kept.notice}</p>}
      <TimeBar moment={moment} isThere={isThere} go={go} />
    </>
  );
}

// The address says which moment is shown; going through them is not a way to go back.
function go(moment: ReplayMoment | undefined): void {
  const asked = moment && {
    at: String(onStep(moment.atMs, moment.span)),
    span: moment.span.name,
  };
  changePlace(askedPlace("graph", asked ?? {}));
}

function commandOf(moment: ReplayMoment | undefined): string {
  if (!moment) return "weft edges -o wide";
  const { span, atMs } = moment;
  const until = new Date(atMs).toISOString().replace(".000", "");
  return `weft edges --until ${until} -t ${span.windowMs / 1000}s`;
}

function seenAt(edge: EdgeRow, seenAtMs: number): KnownEdge {
  return { ...edge, seenAtMs };
}
