// What is wrong with services, rules and addresses as they stand together.

import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Outside, Service, SubsetRule } from "#ir/model.ts";
import type { PeerRule } from "#ir/peer-rule.ts";
import type { TelemetryRule } from "#ir/telemetry-rule.ts";
import type { Catalog } from "./catalog.ts";
import { checkPeerRule } from "./check-peer-rule.ts";
import { checkProtocols } from "./check-protocols.ts";
import { checkOutside, checkService, checkSubsets } from "./check-selectors.ts";
import { checkTelemetryRule } from "./check-telemetry-rule.ts";
import { checkTls } from "./check-tls.ts";
import { Derived } from "./derived.ts";
import type { Watch } from "./watch.ts";

type Checks<Subject extends object> = Derived<Catalog, Subject, readonly Diagnostic[]>;

export class CheckCatalog {
  readonly diagnostics: readonly Diagnostic[];
  // What the next one takes from.
  readonly services: Checks<Service>;
  readonly rules: Checks<SubsetRule>;
  readonly outsides: Checks<Outside>;
  readonly peerRules: Checks<PeerRule>;
  readonly telemetryRules: Checks<TelemetryRule>;

  constructor(catalog: Catalog, watch: Watch<Catalog>, before: CheckCatalog | undefined) {
    this.services = new Derived(
      watch,
      catalog.services,
      (sight, service) => [...checkService(sight, service), ...checkProtocols(sight, service)],
      before?.services,
    );
    this.rules = new Derived(
      watch,
      catalog.subsetRules,
      (sight, rule) => [...checkSubsets(sight, rule), ...checkTls(sight, rule)],
      before?.rules,
    );
    this.outsides = new Derived(watch, catalog.outsides, checkOutside, before?.outsides);
    this.peerRules = new Derived(watch, catalog.peerRules, checkPeerRule, before?.peerRules);
    this.telemetryRules = new Derived(
      watch,
      catalog.telemetryRules,
      checkTelemetryRule,
      before?.telemetryRules,
    );
    const { services, rules, outsides, peerRules, telemetryRules } = this;
    const all = [services, rules, outsides, peerRules, telemetryRules];
    this.diagnostics = all.flatMap(({ results }) => results.flat());
  }
}
