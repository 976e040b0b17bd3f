// http[].delegate of a VirtualService: another one, without hosts, says what becomes of the
// requests.

import type { FieldReader } from "#ir/field-reader.ts";
import type { Name } from "#ir/model.ts";
import { isDnsLabel } from "#ir/read-document.ts";

const OWN = ["route", "redirect", "directResponse"];

export function readDelegate(rule: FieldReader, namespace: string): Name | undefined {
  const reader = rule.object("delegate");
  if (!reader) return undefined;
  for (const field of OWN) {
    if (rule.has(field)) rule.invalid(field, "absent beside delegate");
  }
  reader.require("name", "the name of a VirtualService without hosts");
  const name = reader.text("name");
  const space = reader.text("namespace") ?? "";
  if (space !== "" && !isDnsLabel(space)) reader.invalid("namespace", "the name of a namespace");
  if (name === undefined || !reader.finish()) return undefined;
  return { namespace: space === "" ? namespace : space, name };
}
