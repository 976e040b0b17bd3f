// The whole dashboard: the bar at the top, and the page that the address names.

import type { MeshView } from "#api/mesh-view.ts";
import { rowKey } from "#dashboard/memory/keys.ts";
import type { MeshMemory } from "#dashboard/memory/mesh-memory.ts";
import { ConfigurePage } from "#dashboard/pages/configure-page.tsx";
import { ExplainPage } from "#dashboard/pages/explain-page.tsx";
import { GraphPage } from "#dashboard/pages/graph-page.tsx";
import { OverviewPage } from "#dashboard/pages/overview-page.tsx";
import { ServicePage } from "#dashboard/pages/service-page.tsx";
import { TapPage } from "#dashboard/pages/tap-page.tsx";
import { WorkloadPage } from "#dashboard/pages/workload-page.tsx";
import { useMesh } from "#dashboard/stream/use-mesh.ts";
import { Navigation } from "#dashboard/way/navigation.tsx";
import type { Place } from "#dashboard/way/place.ts";
import { usePlace } from "#dashboard/way/use-place.ts";
import { LoggedOut } from "./logged-out.tsx";
import { TopBar } from "./top-bar.tsx";
import { useTitle } from "./use-title.ts";

export function Page() {
  const mesh = useMesh();
  const place = usePlace();
  const { state, view, memory } = mesh;
  useTitle(mesh);
  return (
    <>
      <TopBar mesh={mesh} />
      <Navigation place={place} />
      {state === "logged-out" && <LoggedOut />}
      {!view && state !== "logged-out" && <p class="empty">Waiting for the first figures …</p>}
      {view && (
        <main class={`page-${place.page} ${state === "live" ? "" : "stale"}`}>
          <Shown place={place} view={view} memory={memory} />
        </main>
      )}
    </>
  );
}

type ShownProps = {
  readonly place: Place;
  readonly view: MeshView;
  readonly memory: MeshMemory;
};

function Shown({ place, view, memory }: ShownProps) {
  switch (place.page) {
    case "overview":
      return <OverviewPage view={view} memory={memory} />;
    case "graph":
      return <GraphPage asked={place.asked} view={view} memory={memory} />;
    case "workload":
      return <WorkloadPage key={rowKey(place)} {...place} view={view} memory={memory} />;
    case "service":
      return <ServicePage key={rowKey(place)} {...place} view={view} />;
    case "tap":
      return <TapPage asked={place.asked} view={view} />;
    case "explain":
      return <ExplainPage asked={place.asked} view={view} />;
    case "configure":
      return <ConfigurePage asked={place.asked} view={view} />;
  }
}
