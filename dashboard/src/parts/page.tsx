// The whole page. Every part stands in its place before the first figures come.

import { CallGraphView } from "#dashboard/graph/call-graph-view.tsx";
import { useMesh } from "#dashboard/stream/use-mesh.ts";
import { DiagnosticsList } from "./diagnostics-list.tsx";
import { EdgesTable } from "./edges-table.tsx";
import { LoggedOut } from "./logged-out.tsx";
import { Panel } from "./panel.tsx";
import { RoutesTable } from "./routes-table.tsx";
import { Summary } from "./summary.tsx";
import { TopBar } from "./top-bar.tsx";
import { useTitle } from "./use-title.ts";
import { WorkloadsTable } from "./workloads-table.tsx";

export function Page() {
  const mesh = useMesh();
  const { state, view, memory } = mesh;
  useTitle(mesh);
  const seconds = view ? Math.round(view.windowMs / 1000) : 0;
  return (
    <>
      <TopBar mesh={mesh} />
      {state === "logged-out" && <LoggedOut />}
      {!view && state !== "logged-out" && <p class="empty">Waiting for the first figures …</p>}
      {view && (
        <main class={state === "live" ? "" : "stale"}>
          <Summary view={view} />
          <Panel id="calls" title="Calls" note={`who talks to whom, last ${seconds} s`}>
            <CallGraphView view={view} edges={memory.edges} />
            <EdgesTable edges={memory.edges} />
          </Panel>
          <Panel id="workloads" title="Workloads" note={`last ${seconds} s, lines last 60 s`}>
            <WorkloadsTable view={view} memory={memory} />
          </Panel>
          <Panel id="routes" title="Routes" note="as measured, by rule and backend">
            <RoutesTable routes={view.routes} />
          </Panel>
          <Panel id="diagnostics" title="Diagnostics" note="of the documents, as they are now">
            <DiagnosticsList found={view.diagnostics} />
          </Panel>
        </main>
      )}
    </>
  );
}
