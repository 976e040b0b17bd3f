// A Document from an object that stands in no file: for sources in memory, and for tests.

import assert from "node:assert/strict";
import type { Document, JsonObject } from "./document.ts";
import { readDocument } from "./read-document.ts";

export function plainDocument(object: JsonObject, namespace = "default"): Document {
  const place = { namespace, position: () => undefined };
  const { document, diagnostics } = readDocument(object, place);
  assert.ok(document, diagnostics.map(({ message }) => message).join("; "));
  return document;
}
