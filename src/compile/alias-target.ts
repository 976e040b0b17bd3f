// What an ExternalName leads to, where that is of the mesh and its namespace may see it; else the
// service itself.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Service } from "#ir/model.ts";
import { type Origin, refText } from "#ir/origin.ts";
import type { Catalog } from "./catalog.ts";
import { diagnose } from "./diagnose.ts";
import { isExported } from "./find-service.ts";
import { serviceText } from "./service-text.ts";

// One may lead to another.
const ALIASES_MAX = 8;

export function aliasTarget({ hostOf: hosts }: Pick<Catalog, "hostOf">, service: Service): Service {
  let target = service;
  for (let i = 0; i < ALIASES_MAX && target.aliasOf !== undefined; i++) {
    const { namespace } = target;
    const known = hosts.get(target.aliasOf) ?? [];
    const next = known.find(({ exportTo }) => isExported(exportTo, namespace));
    if (!next) break;
    target = next;
  }
  return target;
}

// Of rules for an alias. Who dials it gets the rules of what it leads to, and no others: so it is
// in Istio, too, since 1.21.
export function ruledElsewhere(catalog: Catalog, alias: Service, origin: Origin): Diagnostic {
  const target = serviceText(aliasTarget(catalog, alias));
  return diagnose({
    code: "WEFT213",
    severity: "warning",
    message:
      `${refText(origin.ref)} has no effect: ${serviceText(alias)} is another name for ` +
      `${target}, whose rules hold`,
    remedy: `Write it for ${target}.`,
    origin,
  });
}
