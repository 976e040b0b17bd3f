// The documents of all goldens, by file, and where in them a field stands.

import { globSync, readFileSync } from "node:fs";
import { basename } from "node:path";
import { parseDocuments } from "#control/sources/parse-documents.ts";
import type { Document, FieldPath, Json } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";

export type Golden = { readonly name: string; readonly documents: readonly Document[] };

export type Occurrence = {
  readonly golden: Golden;
  readonly document: Document;
  readonly path: FieldPath;
  readonly value: Json;
};

export function goldenCorpus(): readonly Golden[] {
  return globSync("src/dialects/*/golden/*.in.yaml")
    .sort()
    .map((path) => ({
      name: path.slice("src/dialects/".length, -".in.yaml".length).replace("/golden/", "/"),
      documents: parseDocuments(basename(path), readFileSync(path, "utf8")).documents,
    }));
}

export function occurrencesOf(
  corpus: readonly Golden[],
  { group, kind }: { readonly group: string; readonly kind: string },
  field: string,
): readonly Occurrence[] {
  const steps = field.split(/(?=\.|\[\]|\{\})/).map((step) => step.replace(/^\./, ""));
  return corpus.flatMap((golden) =>
    golden.documents
      .filter(({ origin }) => origin.ref.group === group && origin.ref.kind === kind)
      .flatMap((document) =>
        find(document.object, steps, []).map(({ path, value }) => {
          return { golden, document, path, value };
        }),
      ),
  );
}

function find(
  value: Json | undefined,
  [step, ...rest]: readonly string[],
  path: FieldPath,
): { readonly path: FieldPath; readonly value: Json }[] {
  if (value === undefined || value === null) return [];
  if (step === undefined) return [{ path, value }];
  if (step === "[]") {
    if (!Array.isArray(value)) return [];
    return value.flatMap((item: Json, i) => find(item, rest, [...path, i]));
  }
  if (!isJsonObject(value)) return [];
  const names = step === "{}" ? Object.keys(value) : [step];
  return names
    .filter((name) => Object.hasOwn(value, name))
    .flatMap((name) => find(value[name], rest, [...path, name]));
}
