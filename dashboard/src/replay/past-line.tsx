// Where in the span there was traffic, and where it failed: a place to begin looking.

import type { HistoryAnswer } from "#api/history.ts";
import { chartPath } from "#dashboard/history/chart-path.ts";
import { steady } from "#dashboard/parts/steady.ts";

type Props = { readonly history: HistoryAnswer | undefined };

const WIDTH_PX = 600;
const HEIGHT_PX = 40;

export const PastLine = steady(({ history }: Props) => {
  const [line] = history?.lines ?? [];
  const most = (values: readonly (number | null)[] = []) =>
    Math.max(1e-9, ...values.map((value) => value ?? 0));
  const path = (values: readonly (number | null)[] = []) =>
    chartPath(values, { widthPx: WIDTH_PX, heightPx: HEIGHT_PX, most: most(values) });
  const hasFailed = line?.failures.some((value) => (value ?? 0) > 0) ?? false;
  return (
    <svg
      class="past-line"
      viewBox={`0 0 ${WIDTH_PX} ${HEIGHT_PX}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <path class="accent" d={path(line?.rps)} />
      {hasFailed && <path class="bad" d={path(line?.failures)} />}
    </svg>
  );
});
