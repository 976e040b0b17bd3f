// Diagnostics of the model as a whole: what no single document could tell.

import type { Diagnostic, DiagnosticCode, Severity } from "#ir/diagnostic.ts";
import type { Origin } from "#ir/origin.ts";
import { compareKeys } from "./compare.ts";

export type Finding = {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  readonly message: string;
  readonly remedy: string | undefined;
  readonly origin: Origin;
};

export function diagnose({ code, severity, message, remedy, origin }: Finding): Diagnostic {
  const { ref, position } = origin;
  return { severity, code, message, remedy, ref, field: undefined, position };
}

// Each once (a rule is compiled for every port that it serves), in the order of the documents.
export function tidyDiagnostics(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const once = new Map(
    diagnostics.map((diagnostic) => [sortKeys(diagnostic).join("\n"), diagnostic]),
  );
  return [...once.values()].sort((a, b) => compareKeys(sortKeys(a), sortKeys(b)));
}

type Keys = readonly (string | number)[];

// A large mesh may have thousands, which are put in order again whenever one comes or goes.
const known = new WeakMap<Diagnostic, Keys>();

function sortKeys(diagnostic: Diagnostic): Keys {
  const keys = known.get(diagnostic) ?? makeKeys(diagnostic);
  known.set(diagnostic, keys);
  return keys;
}

function makeKeys({ code, message, ref, position }: Diagnostic): Keys {
  return [
    position?.file ?? "",
    position?.line ?? 0,
    position?.column ?? 0,
    ref ? `${ref.group}/${ref.kind}/${ref.namespace}/${ref.name}` : "",
    code,
    message,
  ];
}
