// The namespaces that some routes are for, besides all others.

import type { HttpRoute } from "#ir/route.ts";

export function routeConsumers(routes: readonly HttpRoute[]): readonly string[] {
  return routes.flatMap(({ consumerNamespace, exportTo }) => [
    ...(consumerNamespace === undefined ? [] : [consumerNamespace]),
    ...(exportTo ?? []),
  ]);
}
