// Does a service select a workload by its labels? No labels select nothing.

import type { Service, Workload } from "#ir/model.ts";

export function selects(service: Service, { namespace, labels }: Workload): boolean {
  if (service.namespace !== namespace || service.selector.size === 0) return false;
  for (const [name, value] of service.selector) if (labels.get(name) !== value) return false;
  return true;
}
