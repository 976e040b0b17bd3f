// A service in a message: "Service bookshop/reviews", "Host api.example.com".

import { nameKey, type ServiceRef } from "#ir/model.ts";

export function serviceText(ref: ServiceRef): string {
  return ref.name.includes(".") ? `Host ${ref.name}` : `Service ${nameKey(ref)}`;
}
