// A series' key in people's words: a proxy knows its own pod and hears of its callers' pods, while
// everybody else speaks of their controllers.

import type { SeriesKey } from "#snapshot/report.ts";
import type { NameOf } from "./sound-report.ts";

export function withNames(key: SeriesKey, nameOf: NameOf): SeriesKey {
  const sourceWorkload = nameOf(key.sourceNamespace, key.sourceWorkload);
  const destinationWorkload = nameOf(key.destinationNamespace, key.destinationWorkload);
  const isSame =
    sourceWorkload === key.sourceWorkload && destinationWorkload === key.destinationWorkload;
  return isSame ? key : { ...key, sourceWorkload, destinationWorkload };
}
