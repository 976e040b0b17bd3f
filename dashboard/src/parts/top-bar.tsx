// Which mesh this is, and whether the page is live.

import type { MeshStatus } from "#api/mesh-status.ts";
import type { Mesh } from "#dashboard/stream/use-mesh.ts";
import { durationText } from "#dashboard/text/duration-text.ts";
import { LiveBadge } from "./live-badge.tsx";

export function TopBar({ mesh }: { readonly mesh: Mesh }) {
  const { state, view } = mesh;
  return (
    <header class="top">
      <img src="/weft.svg" alt="" width="26" height="26" />
      <h1>
        <span class="product">Weft</span>
        {view && <span class="mesh">{view.status.name}</span>}
      </h1>
      {view && <Facts status={view.status} />}
      <LiveBadge state={state} seenAtMs={view?.atMs} />
    </header>
  );
}

function Facts({ status }: { readonly status: MeshStatus }) {
  const facts = [
    ["Revision", String(status.revision)],
    ["Up", durationText(status.uptimeMs)],
    ["Control plane", status.version],
    ["Trust domain", status.trustDomain],
  ] as const;
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
