// ReferenceGrant (gateway.networking.k8s.io): who may refer to objects of its namespace.

import type { Document } from "#ir/document.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { ReferenceGrant } from "#ir/model.ts";
import { translateFields } from "#ir/translate-fields.ts";
import type { Translation } from "#ir/translation.ts";

export function translateReferenceGrant(document: Document): Translation {
  return translateFields(document, readReferenceGrant);
}

function readReferenceGrant(root: FieldReader, { namespace }: Document) {
  const spec = root.inside("spec");
  for (const list of ["from", "to"]) spec.require(list, "a list with at least one item");
  const from = spec.list("from").flatMap((reader) => {
    for (const name of ["group", "kind", "namespace"]) reader.require(name, "text");
    const group = reader.text("group") ?? "";
    const kind = reader.text("kind") ?? "";
    const of = reader.text("namespace") ?? "";
    return reader.isSound ? [{ group, kind, namespace: of }] : [];
  });
  const to = spec.list("to").flatMap((reader) => {
    for (const name of ["group", "kind"]) reader.require(name, "text");
    const group = reader.text("group") ?? "";
    const kind = reader.text("kind") ?? "";
    const name = reader.text("name");
    return reader.isSound ? [{ group, kind, name }] : [];
  });
  const grant: ReferenceGrant = { namespace, from, to };
  return { referenceGrants: [grant] };
}
