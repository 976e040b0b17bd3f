// What is wrong with documents, as far as they tell by themselves: what reading and compiling them
// finds, and what is not worth looking for at every change of a mesh.

import { buildCatalog } from "#compile/catalog.ts";
import { compile } from "#compile/compile.ts";
import { declareProtocols } from "#compile/declare-protocols.ts";
import { tidyDiagnostics } from "#compile/diagnose.ts";
import { joinHosts } from "#compile/join-hosts.ts";
import { mergeDelegates } from "#compile/merge-delegates.ts";
import { type DiscoveryInput, discover } from "#control/discovery/discover.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document } from "#ir/document.ts";
import type { Model } from "#ir/model.ts";
import { checkAnnotations } from "./check-annotations.ts";
import { checkDestinationRules } from "./check-destination-rules.ts";
import { checkPorts } from "./check-ports.ts";
import { checkRules } from "./check-rules.ts";
import { findCovered } from "./find-covered.ts";

// Without a mesh.
export function analyzeDocuments(input: DiscoveryInput): readonly Diagnostic[] {
  const { model, diagnostics } = discover(input);
  const found = [...diagnostics, ...compile(model, [], 1).diagnostics];
  return analyze(model, input.documents, found);
}

// `found`: by reading and compiling the same.
export function analyze(
  model: Model,
  documents: readonly Document[],
  found: readonly Diagnostic[],
): readonly Diagnostic[] {
  const catalog = buildCatalog(declareProtocols(joinHosts(model).model), []);
  // As they are in force: a rule that delegates has no backends of its own.
  const { routes } = mergeDelegates(model.routes, model.delegates ?? []);
  const covered = findCovered(catalog, routes).filter(({ position }) => {
    return !found.some((other) => SHADOWED.includes(other.code) && isSame(other, position));
  });
  return tidyDiagnostics([
    ...found,
    ...covered,
    ...checkRules(routes),
    ...checkDestinationRules(catalog),
    ...checkPorts(catalog, routes),
    ...checkAnnotations(documents),
  ]);
}

const SHADOWED: readonly string[] = ["WEFT205", "WEFT207"];

function isSame(a: Diagnostic, position: Diagnostic["position"]): boolean {
  return (
    a.position !== undefined &&
    position !== undefined &&
    a.position.file === position.file &&
    a.position.line === position.line &&
    a.position.column === position.column
  );
}
