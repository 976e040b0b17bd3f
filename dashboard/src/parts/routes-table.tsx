// What each rule of each route did, by backend.

import type { RouteRow } from "#api/route-row.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { servicePlace } from "#dashboard/way/place.ts";
import { groupRoutes, type RouteGroup } from "./group-routes.ts";
import { nearScreen } from "./near-screen.ts";
import { ScrollRegion } from "./scroll-region.tsx";
import { ShareBar } from "./share-bar.tsx";
import { Success } from "./success.tsx";

type Props = { readonly routes: readonly RouteRow[] };

export function RoutesTable({ routes }: Props) {
  if (routes.length === 0) return <p class="empty">No route has taken a request yet.</p>;
  return <Table routes={routes} />;
}

const Table = nearScreen(({ routes }: Props, seen) => (
  <ScrollRegion label="Routes, table">
    <table class="routes" ref={seen}>
      <thead>
        <tr>
          <th scope="col" class="name">
            Service
          </th>
          <th scope="col" class="route">
            Route
          </th>
          <th scope="col" class="rule">
            Rule
          </th>
          <th scope="col" class="backend">
            Backend
          </th>
          <th scope="col" class="share" title="Of the requests that the rule took">
            Share
          </th>
          <th scope="col" class="number wide">
            Success
          </th>
          <th scope="col" class="number" title="Requests per second">
            RPS
          </th>
          <th scope="col" class="number">
            p95
          </th>
        </tr>
      </thead>
      {groupRoutes(routes).map((group) => (
        <Rule key={group.key} group={group} />
      ))}
    </table>
  </ScrollRegion>
));

function Rule({ group }: { readonly group: RouteGroup }) {
  const { service, route, rule, rows } = group;
  const [kind, name] = route.includes(" ") ? route.split(" ", 2) : ["", route];
  return (
    <tbody>
      {rows.map((row, i) => (
        <tr key={row.backend}>
          {i === 0 && (
            <>
              <th scope="rowgroup" class="name" rowSpan={rows.length}>
                <a href={servicePlace(service)}>{service.name}</a>
                <span class="faint">:{service.port}</span>
              </th>
              <td class="route" rowSpan={rows.length}>
                {kind && <span class="chip">{kind}</span>} {name}
              </td>
              <td class="rule" rowSpan={rows.length}>
                {rule}
              </td>
            </>
          )}
          <td class="backend">{row.backend || <span class="faint">none chosen</span>}</td>
          <td class="share">
            <ShareBar share={row.share} />
          </td>
          <td class="number">
            <Success rate={row.successRate} />
          </td>
          <td class="number">{rateText(row.rps)}</td>
          <td class="number">{latencyText(row.latencyP95Ms)}</td>
        </tr>
      ))}
    </tbody>
  );
}
