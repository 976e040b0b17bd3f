// Which rules say how a service is called, for callers in a namespace. Istio's: those of the
// caller's own namespace, else those of the service's, else those of the root; of these the ones
// that name the service most narrowly, together.

import type { PortedPolicy } from "#ir/destination-policy.ts";
import { nameKey, type Service, type Subset, type SubsetRule } from "#ir/model.ts";
import type { Catalog } from "./catalog.ts";
import { findServices, isExported } from "./find-service.ts";
import type { Index } from "./reindex.ts";
import { ROOT_NAMESPACE } from "./root-namespace.ts";

export type RulesInForce = {
  readonly subsets: ReadonlyMap<string, Subset>;
  readonly policy: PortedPolicy | undefined;
};

export type DestinationRule = { readonly rule: SubsetRule; readonly specificity: number };
type Sight = Pick<Catalog, "hostOf" | "serviceOf" | "services">;
type Rules = Pick<Catalog, "rulesOf">;

// By nameKey of the service that they are about.
export function indexDestinationRules(
  catalog: Sight,
  subsetRules: readonly SubsetRule[],
  before: Index<DestinationRule> | undefined,
): Index<DestinationRule> {
  const rulesOf = new Map<string, DestinationRule[]>();
  for (const rule of subsetRules) {
    for (const { service, specificity } of findServices(catalog, rule.service, rule.origin)) {
      const key = nameKey(service);
      const known = rulesOf.get(key);
      if (known) known.push({ rule, specificity });
      else rulesOf.set(key, [{ rule, specificity }]);
    }
  }
  if (!before) return rulesOf;
  return new Map([...rulesOf].map(([key, rules]) => [key, kept(before.get(key), rules)]));
}

function kept(
  before: readonly DestinationRule[] | undefined,
  now: readonly DestinationRule[],
): readonly DestinationRule[] {
  const isSame = now.every(({ rule, specificity }, i) => {
    return before?.[i]?.rule === rule && before[i].specificity === specificity;
  });
  return before?.length === now.length && isSame ? before : now;
}

// `consumer`: the callers' namespace; undefined: wherever they are.
export function rulesInForce(
  { rulesOf }: Rules,
  service: Service,
  consumer: string | undefined,
): RulesInForce {
  const known = rulesOf.get(nameKey(service)) ?? [];
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
export function consumersOfRules({ rulesOf }: Rules, service: Service): readonly string[] {
  const known = rulesOf.get(nameKey(service)) ?? [];
  return known.flatMap(({ rule: { exportTo, origin } }) => {
    const { namespace } = origin.ref;
    const own = namespace === service.namespace || namespace === ROOT_NAMESPACE ? [] : [namespace];
    return exportTo ?? own;
  });
}

function merge(rules: readonly DestinationRule[]): RulesInForce {
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
