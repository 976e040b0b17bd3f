// One rule: when it takes a request, where to, what it did, and its weights to move.

import type { RouteRow } from "#api/route-row.ts";
import type { ServiceRule } from "#api/service-detail.ts";
import { Success } from "#dashboard/parts/success.tsx";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { shareText } from "#dashboard/text/share-text.ts";
import { askedPlace } from "#dashboard/way/place.ts";
import { WeightSliders } from "./weight-sliders.tsx";

type Props = {
  readonly rule: ServiceRule;
  readonly rows: readonly RouteRow[]; // what it did, by backend
  readonly mayWrite: boolean;
  readonly changed: () => void;
};

export function RuleCard({ rule, rows, mayWrite, changed }: Props) {
  const { name, rule: index, ruleName, file, line, conditions, backends, hasFault } = rule;
  const rps = rows.reduce((sum, row) => sum + row.rps, 0);
  const isSplit = backends.length > 1 && backends.every(({ path }) => path !== null);
  return (
    <li class="rule-card">
      <p class="head">
        <strong>{name}</strong>
        {name !== "default" && ` rule ${index}`}
        {ruleName !== "" && ` “${ruleName}”`}{" "}
        {file !== null && (
          <a class="faint" href={askedPlace("configure", { file })}>
            <code>
              {file}:{line}
            </code>
          </a>
        )}
        <span class="figure">{rateText(rps)}/s</span>
      </p>
      <p class="faint">
        {conditions.length === 0 ? "takes every request" : `takes ${conditions.join("; or ")}`}
        {hasFault && <span class="warn"> · requests wait or fail on purpose</span>}
      </p>
      <ul class="backends">
        {backends.map(({ backend, weight, percent }) => {
          const row = rows.find((each) => isOf(each, backend));
          return (
            <li key={backend}>
              <span class="what">{backend}</span>
              <svg class="bar" aria-hidden="true">
                <rect class="all" width="100%" height="100%" rx="3" />
                <rect class="part" width={`${percent}%`} height="100%" rx="3" />
              </svg>
              <span class="figure">
                {percent} % <span class="faint">(weight {weight})</span>
              </span>
              <span class="figure faint">measured {shareText(row?.share ?? null)}</span>
              <span class="figure">
                <Success rate={row?.successRate ?? null} /> ·{" "}
                {latencyText(row?.latencyP95Ms ?? null)}
              </span>
            </li>
          );
        })}
      </ul>
      {isSplit && rule.source && (
        <WeightSliders rule={rule} source={rule.source} mayWrite={mayWrite} changed={changed} />
      )}
    </li>
  );
}

// Rows name a subset alone, or a service.
function isOf({ backend }: RouteRow, named: string): boolean {
  return backend === named || named.endsWith(`/${backend}`);
}
