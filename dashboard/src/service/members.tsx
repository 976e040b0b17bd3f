// The workloads that a service selects, and how their callers find them.

import type { ExplainedMember } from "#api/explanation.ts";
import { ScrollRegion } from "#dashboard/parts/scroll-region.tsx";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { workloadPlace } from "#dashboard/way/place.ts";

export function Members({ members }: { readonly members: readonly ExplainedMember[] }) {
  if (members.length === 0) return <p class="empty">It selects no workload.</p>;
  return (
    <ScrollRegion label="Endpoints, table">
      <table class="calls">
        <thead>
          <tr>
            <th scope="col" class="name">
              Workload
            </th>
            <th scope="col" class="version">
              Version
            </th>
            <th scope="col">State</th>
            <th scope="col">Address</th>
            <th scope="col" class="number wide">
              In flight
            </th>
            <th scope="col" class="number wide">
              Latency
            </th>
          </tr>
        </thead>
        <tbody>
          {members.map((member) => (
            <Line key={`${member.namespace}/${member.name}`} member={member} />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

function Line({ member }: { readonly member: ExplainedMember }) {
  const { namespace, name, version, state, addresses, views = [] } = member;
  const inFlight = views.reduce((sum, view) => sum + view.inFlight, 0);
  const slowest = Math.max(0, ...views.map(({ latencyMs }) => latencyMs));
  const ejecting = views.filter(({ ejectedForMs }) => ejectedForMs > 0).length;
  return (
    <tr>
      <th scope="row" class="name">
        <a href={workloadPlace({ namespace, name })}>{name}</a>
      </th>
      <td class="version">{version || "–"}</td>
      <td class={state === "ready" && ejecting === 0 ? "good" : "warn"}>
        {state}
        {ejecting > 0 && `, ejected by ${ejecting} of ${views.length} callers`}
      </td>
      <td>
        <code>{addresses.join(", ") || "–"}</code>
      </td>
      <td class="number">{views.length === 0 ? "–" : inFlight}</td>
      <td class="number">{slowest === 0 ? "–" : latencyText(slowest)}</td>
    </tr>
  );
}
