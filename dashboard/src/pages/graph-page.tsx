// The call graph alone, with a way to find and to narrow.

import { useState } from "preact/hooks";
import type { MeshView } from "#api/mesh-view.ts";
import { CallGraphView } from "#dashboard/graph/call-graph-view.tsx";
import { narrowed } from "#dashboard/graph/narrowed.ts";
import type { MeshMemory } from "#dashboard/memory/mesh-memory.ts";
import { CommandLine } from "#dashboard/parts/command-line.tsx";
import { EdgesTable } from "#dashboard/parts/edges-table.tsx";
import { Panel } from "#dashboard/parts/panel.tsx";

type Props = { readonly view: MeshView; readonly memory: MeshMemory };

const ZOOMS = [0.5, 0.75, 1, 1.25, 1.5, 2] as const;

export function GraphPage({ view, memory }: Props) {
  const [find, setFind] = useState("");
  const [namespace, setNamespace] = useState("");
  const [onlyFailing, setOnlyFailing] = useState(false);
  const [zoom, setZoom] = useState(1);
  const namespaces = [...new Set(view.workloads.map((row) => row.namespace))].sort();
  const shown = narrowed(view, memory.edges, { find, namespace, onlyFailing });
  return (
    <Panel id="graph" title="Graph" note="who talks to whom, with rates, failures and latency">
      <form class="fields" onSubmit={(event) => event.preventDefault()}>
        <label>
          Find
          <input
            type="search"
            value={find}
            placeholder="a workload and its neighbours"
            onInput={(event) => setFind(event.currentTarget.value)}
          />
        </label>
        <label>
          Namespace
          <select value={namespace} onChange={(event) => setNamespace(event.currentTarget.value)}>
            <option value="">all</option>
            {namespaces.map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Size
          <select value={zoom} onChange={(event) => setZoom(Number(event.currentTarget.value))}>
            {ZOOMS.map((each) => (
              <option key={each} value={each}>
                {each * 100} %
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input
            type="checkbox"
            checked={onlyFailing}
            onChange={(event) => setOnlyFailing(event.currentTarget.checked)}
          />
          only calls that fail
        </label>
      </form>
      <CallGraphView view={shown.view} edges={shown.edges} zoom={zoom} />
      <EdgesTable edges={shown.edges} />
      <CommandLine text="weft edges -o wide" />
    </Panel>
  );
}
