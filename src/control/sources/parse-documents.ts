// The text of one file as Documents. One broken document takes no other with it, where the parser
// can tell where it ends.

import { LineCounter, parseAllDocuments, type Document as YamlDocument } from "yaml";
import { LIMITS } from "#base/limits.ts";
import type { Diagnostic } from "#ir/diagnostic.ts";
import type { Document, FieldPath, Json } from "#ir/document.ts";
import { isJsonObject } from "#ir/json-object.ts";
import type { Position } from "#ir/origin.ts";
import { readDocument } from "#ir/read-document.ts";
import { yamlOffset } from "./yaml-position.ts";
import { yamlRemedy } from "./yaml-remedy.ts";
import { yamlValue } from "./yaml-value.ts";

export type ParsedFile = {
  readonly documents: readonly Document[];
  readonly diagnostics: readonly Diagnostic[];
};

type Parsing = {
  readonly file: string;
  readonly namespace: string;
  readonly lines: LineCounter;
  readonly documents: Document[];
  readonly diagnostics: Diagnostic[];
};

// `file`: as people shall see it, relative to the folder of documents.
export function parseDocuments(file: string, text: string, namespace = "default"): ParsedFile {
  const lines = new LineCounter();
  const parsing: Parsing = { file, namespace, lines, documents: [], diagnostics: [] };
  if (Buffer.byteLength(text) > LIMITS.documentBytesMax) {
    const message = `The file has ${Buffer.byteLength(text)} bytes, more than the limit`;
    refuse(parsing, message);
    return parsing;
  }
  // Warnings of the library (an unknown tag) need no line of their own: the value then reads as
  // text, and whoever wanted something else complains. Duplicate keys: see yaml-value.ts.
  const options = { lineCounter: lines, prettyErrors: false, uniqueKeys: false } as const;
  for (const yaml of parseAllDocuments(text, options)) {
    if (!readYaml(yaml, parsing)) {
      refuse(parsing, `The file has more than ${LIMITS.documentsMax} objects`);
      break;
    }
  }
  return parsing;
}

// False: there are too many objects.
function readYaml(yaml: YamlDocument, parsing: Parsing): boolean {
  // One mistake often makes a dozen errors; the first is the one to repair.
  const [error] = yaml.errors;
  if (error) {
    unreadable(parsing, error.pos[0], error.message, yamlRemedy(error.code));
    return true;
  }
  const converted = yamlValue(yaml);
  if ("problem" in converted) {
    const { offset, message, remedy } = converted.problem;
    unreadable(parsing, offset, message, remedy);
    return true;
  }
  // Nothing but comments between two lines of dashes.
  return converted.value === null || readValue(yaml, converted.value, [], parsing);
}

function readValue(yaml: YamlDocument, value: Json, at: FieldPath, parsing: Parsing): boolean {
  const position = (path: FieldPath) =>
    positionAt(parsing, yamlOffset(yaml.contents, [...at, ...path]));
  if (isJsonObject(value) && value["kind"] === "List" && Array.isArray(value["items"])) {
    const items: readonly Json[] = value["items"];
    return items.every((item, i) => readValue(yaml, item, [...at, "items", i], parsing));
  }
  if (parsing.documents.length >= LIMITS.documentsMax) return false;
  const { document, diagnostics } = readDocument(value, { position, namespace: parsing.namespace });
  if (document) parsing.documents.push(document);
  parsing.diagnostics.push(...diagnostics);
  return true;
}

function unreadable(parsing: Parsing, offset: number, message: string, remedy: string): void {
  parsing.diagnostics.push({
    severity: "error",
    code: "WEFT101",
    message,
    remedy,
    ref: undefined,
    field: undefined,
    position: positionAt(parsing, offset),
  });
}

function refuse(parsing: Parsing, message: string): void {
  parsing.diagnostics.push({
    severity: "error",
    code: "WEFT301",
    message,
    remedy: "Split it into several files.",
    ref: undefined,
    field: undefined,
    position: { file: parsing.file, line: 1, column: 1 },
  });
}

function positionAt({ file, lines }: Parsing, offset: number): Position {
  const { line, col } = lines.linePos(offset);
  return { file, line: Math.max(1, line), column: Math.max(1, col) };
}
