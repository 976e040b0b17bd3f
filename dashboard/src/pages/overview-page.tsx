// The mesh at a glance: what wants attention, and everything in tables.

import type { MeshView } from "#api/mesh-view.ts";
import { CallGraphView } from "#dashboard/graph/call-graph-view.tsx";
import { HistoryPanel } from "#dashboard/history/history-panel.tsx";
import type { MeshMemory } from "#dashboard/memory/mesh-memory.ts";
import { Attention } from "#dashboard/parts/attention.tsx";
import { ChangedLately } from "#dashboard/parts/changed-lately.tsx";
import { CommandLine } from "#dashboard/parts/command-line.tsx";
import { DiagnosticsList } from "#dashboard/parts/diagnostics-list.tsx";
import { EdgesTable } from "#dashboard/parts/edges-table.tsx";
import { Panel } from "#dashboard/parts/panel.tsx";
import { RoutesTable } from "#dashboard/parts/routes-table.tsx";
import { Summary } from "#dashboard/parts/summary.tsx";
import { UnmeshedList } from "#dashboard/parts/unmeshed-list.tsx";
import { WorkloadsTable } from "#dashboard/parts/workloads-table.tsx";

type Props = { readonly view: MeshView; readonly memory: MeshMemory };

export function OverviewPage({ view, memory }: Props) {
  const seconds = Math.round(view.windowMs / 1000);
  return (
    <>
      <Summary view={view} />
      <div class="beside">
        <Attention view={view} />
        <Panel id="changed" title="Changed lately" note="documents, whoever changed them">
          <ChangedLately changes={view.changes} nowMs={view.atMs} />
          <CommandLine text="weft get changes" />
        </Panel>
      </div>
      <Panel id="calls" title="Calls" note={`who talks to whom, last ${seconds} s`}>
        <CallGraphView view={view} edges={memory.edges} />
        <EdgesTable edges={memory.edges} />
      </Panel>
      <HistoryPanel question={{ kind: "mesh" }} />
      <Panel id="workloads" title="Workloads" note={`last ${seconds} s, lines last 60 s`}>
        <WorkloadsTable view={view} memory={memory} />
        <CommandLine text="weft stat" />
      </Panel>
      {view.unmeshed.length > 0 && (
        <Panel id="unmeshed" title="Not in the mesh" note="pods without a proxy, by workload">
          <UnmeshedList unmeshed={view.unmeshed} />
        </Panel>
      )}
      <Panel id="routes" title="Routes" note="as measured, by rule and backend">
        <RoutesTable routes={view.routes} />
        <CommandLine text="weft routes" />
      </Panel>
      <Panel id="diagnostics" title="Diagnostics" note="of the documents, as they are now">
        <DiagnosticsList found={view.diagnostics} />
        <CommandLine text="weft analyze" />
      </Panel>
    </>
  );
}
