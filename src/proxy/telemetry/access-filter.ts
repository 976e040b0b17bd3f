// Hot path.
//
// Whether a request gets its line.

import type { Random } from "#base/random.ts";
import type { AccessLogFilter } from "#snapshot/access-log-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { accessTest } from "./access-test.ts";
import { isSuccess } from "./outcome.ts";

export type AccessFilter = (entry: AccessEntry) => boolean;

// Any of several.
export function accessFilters(filters: readonly AccessLogFilter[], random: Random): AccessFilter {
  const [first, ...further] = filters.map((filter) => accessFilter(filter, random));
  if (further.length === 0) return first!;
  return (entry) => first!(entry) || further.some((other) => other(entry));
}

function accessFilter(filter: AccessLogFilter, random: Random): AccessFilter {
  if (Object.keys(filter).length === 0) return () => true;
  const { statusAtLeast = 0, durationAtLeastMs = 0, percent = 100, reporter } = filter;
  const methods = filter.methods ?? [];
  const prefixes = filter.pathPrefixes ?? [];
  const failuresOnly = filter.failures === true;
  const test = filter.test && accessTest(filter.test);
  return (entry) => {
    const { head, status, cause, key } = entry;
    if (status < statusAtLeast || entry.durationMs < durationAtLeastMs) return false;
    if (failuresOnly && cause === "" && isSuccess(status, entry.grpcStatus)) return false;
    if (reporter !== undefined && key?.reporter !== reporter) return false;
    if (methods.length > 0 && !methods.includes(head.method)) return false;
    if (prefixes.length > 0 && !hasPrefix(head.path, prefixes)) return false;
    if (test !== undefined && test(entry) !== true) return false;
    return percent >= 100 || random() * 100 < percent;
  };
}

function hasPrefix(path: string, prefixes: readonly string[]): boolean {
  for (let i = 0; i < prefixes.length; i++) if (path.startsWith(prefixes[i]!)) return true;
  return false;
}
