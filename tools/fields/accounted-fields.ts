// All kinds with what becomes of their fields. Takes some seconds.

import type { FieldsOfKind } from "./fields-text.ts";
import { goldenCorpus } from "./golden-corpus.ts";
import { kindFields } from "./kind-fields.ts";
import { readKinds } from "./read-kinds.ts";

export function accountedFields(): readonly FieldsOfKind[] {
  const corpus = goldenCorpus();
  return readKinds().map((kind) => ({ ...kind, fields: kindFields(kind.schemas, corpus) }));
}
