// The call graph as a table: all its figures, and as whom each side speaks.

import { useState } from "preact/hooks";
import { edgeKey } from "#dashboard/memory/keys.ts";
import type { KnownEdge } from "#dashboard/memory/mesh-memory.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { ScrollRegion } from "./scroll-region.tsx";
import { Success } from "./success.tsx";

type Props = { readonly edges: readonly KnownEdge[] };

// While it is closed nobody pays for it.
export function EdgesTable({ edges }: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="edges" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>The same as a table, with identities</summary>
      {isOpen && <Table edges={edges} />}
    </details>
  );
}

function Table({ edges }: Props) {
  return (
    <ScrollRegion label="Calls, table">
      <table>
        <thead>
          <tr>
            <th scope="col" class="name">
              From
            </th>
            <th scope="col" class="name">
              To
            </th>
            <th scope="col" class="state">
              Secured
            </th>
            <th scope="col" class="number wide">
              Success
            </th>
            <th scope="col" class="number" title="Requests per second">
              RPS
            </th>
            <th scope="col" class="number">
              p50
            </th>
            <th scope="col" class="number">
              p99
            </th>
            <th scope="col" class="identity">
              As
            </th>
          </tr>
        </thead>
        <tbody>
          {edges.map((edge) => (
            <tr key={edgeKey(edge)}>
              <th scope="row" class="name">
                {edge.source.workload || "outside"}
              </th>
              <td class="name">{edge.destination.workload}</td>
              <td class="state">{edge.isSecured ? "mTLS" : "plain text"}</td>
              <td class="number">
                <Success rate={edge.successRate} />
              </td>
              <td class="number">{rateText(edge.rps)}</td>
              <td class="number">{latencyText(edge.latencyP50Ms)}</td>
              <td class="number">{latencyText(edge.latencyP99Ms)}</td>
              <td class="identity">{edge.source.identity || "nobody"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}
