// The lists of docs/decisions/010: which fields may be reported, and which mean nothing here.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export type ListedField = {
  readonly kind: string;
  readonly path: string;
  // As it stands in the list: the same for all places of a policy.
  readonly written: string;
  // Only some values of the field.
  readonly isPartial: boolean;
  readonly reason: string;
};

export type ListedFields = {
  readonly reported: readonly ListedField[];
  readonly notApplicable: readonly ListedField[];
};

const FILE = "docs/decisions/010-fields-that-are-reported.md";
const POLICIES = [
  "spec.trafficPolicy",
  "spec.trafficPolicy.portLevelSettings[]",
  "spec.subsets[].trafficPolicy",
  "spec.subsets[].trafficPolicy.portLevelSettings[]",
];
const PARTIAL = "Values: ";
const ROW = /^\| ([\w, ]+) \| `([^`]+)` \| (.+) \|$/gm;

export function readListedFields(): ListedFields {
  const [, reported = "", notApplicable = ""] = readFileSync(FILE, "utf8").split(/^## .*$/m);
  return { reported: rowsOf(reported), notApplicable: rowsOf(notApplicable) };
}

function rowsOf(text: string): readonly ListedField[] {
  const rows = [...text.matchAll(ROW)];
  assert.equal(rows.length, text.match(/^\| \w+.* `/gm)?.length ?? 0, `a row of ${FILE} is broken`);
  return rows.flatMap(([, kinds = "", path = "", reason = ""]) =>
    kinds.split(", ").flatMap((kind) =>
      pathsOf(path).map((each) => {
        return { kind, path: each, written: path, isPartial: reason.startsWith(PARTIAL), reason };
      }),
    ),
  );
}

function pathsOf(path: string): readonly string[] {
  if (!path.startsWith("POLICY.")) return [path];
  return POLICIES.map((policy) => policy + path.slice("POLICY".length));
}

// The line for a field: its own, or that of what it stands in.
export function lineFor(
  lines: readonly ListedField[],
  kind: string,
  path: string,
): ListedField | undefined {
  return lines.find((line) => {
    if (line.kind !== kind || !path.startsWith(line.path)) return false;
    const rest = path.slice(line.path.length);
    return rest === "" || (!line.isPartial && /^[.[{]/.test(rest));
  });
}
