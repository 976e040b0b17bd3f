// Which rules say how a service is called, for callers in a namespace. Istio's: those of the
// caller's own namespace, else those of the service's, else those of the root; of these the ones
// that name the service most narrowly, together.

import type { PortedPolicy } from "#ir/destination-policy.ts";
import { nameKey, type Service, type Subset, type SubsetRule } from "#ir/model.ts";
import type { Catalog } from "./catalog.ts";
import { findServices, isExported } from "./find-service.ts";
import { ROOT_NAMESPACE } from "./root-namespace.ts";

export type RulesInForce = {
  readonly subsets: ReadonlyMap<string, Subset>;
  readonly policy: PortedPolicy | undefined;
};

type Rule = { readonly rule: SubsetRule; readonly specificity: number };
type Sight = Pick<Catalog, "hostOf" | "serviceOf" | "services" | "subsetRules">;

export class DestinationRules {
  readonly #rulesOf = new Map<string, Rule[]>();

  constructor(catalog: Sight) {
    for (const rule of catalog.subsetRules) {
      for (const { service, specificity } of findServices(catalog, rule.service, rule.origin)) {
        const key = nameKey(service);
        const known = this.#rulesOf.get(key);
        if (known) known.push({ rule, specificity });
        else this.#rulesOf.set(key, [{ rule, specificity }]);
      }
    }
  }

  // `consumer`: the callers' namespace; undefined: wherever they are.
  for(service: Service, consumer: string | undefined): RulesInForce {
    const known = this.#rulesOf.get(nameKey(service)) ?? [];
    const visible = known.filter(({ rule: { exportTo } }) =>
      consumer === undefined ? exportTo === undefined : isExported(exportTo, consumer),
    );
    for (const namespace of [consumer, service.namespace, ROOT_NAMESPACE]) {
      const own = visible.filter(({ rule }) => rule.origin.ref.namespace === namespace);
      if (own.length > 0) return merge(own);
    }
    return { subsets: new Map(), policy: undefined };
  }

  // Namespaces whose callers may see other rules than everybody.
  consumersOf(service: Service): readonly string[] {
    const known = this.#rulesOf.get(nameKey(service)) ?? [];
    return known.flatMap(({ rule: { exportTo, origin } }) => {
      const { namespace } = origin.ref;
      const own =
        namespace === service.namespace || namespace === ROOT_NAMESPACE ? [] : [namespace];
      return exportTo ?? own;
    });
  }
}

function merge(rules: readonly Rule[]): RulesInForce {
  const most = Math.max(...rules.map(({ specificity }) => specificity));
  const narrowest = rules.filter(({ specificity }) => specificity === most);
  const subsets = new Map<string, Subset>();
  for (const { rule } of narrowest) {
    for (const subset of rule.subsets) {
      if (!subsets.has(subset.name)) subsets.set(subset.name, subset);
    }
  }
  return { subsets, policy: narrowest.find(({ rule }) => rule.policy)?.rule.policy };
}
