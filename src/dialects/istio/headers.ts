// headers of a rule or a destination of a VirtualService: what is changed in requests and answers.

import type { Labels } from "#ir/document.ts";
import {
  EDITABLE_EXPECTED,
  isEditableHeader,
  isHeaderValue,
  VALUE_EXPECTED,
} from "#ir/editable-header.ts";
import type { FieldReader } from "#ir/field-reader.ts";
import type { HeaderEdits, HeaderPair, RequestShape } from "#ir/request-shape.ts";
import { AUTHORITY_EXPECTED, isAuthority } from "#ir/request-text.ts";

// In Istio the host is one of the headers that can be set.
const AUTHORITY_NAMES = ["host", ":authority"];

export function readHeaders(reader: FieldReader): RequestShape | undefined {
  const headers = reader.object("headers");
  if (!headers) return undefined;
  const request = headers.object("request");
  const response = headers.object("response");
  const set = request?.textMap("set") ?? new Map<string, string>();
  const authority = request && readAuthority(request, set);
  return {
    ...(authority === undefined ? {} : { authority }),
    ...(request ? { request: readEdits(request, withoutAuthority(set)) } : {}),
    ...(response ? { response: readEdits(response, response.textMap("set")) } : {}),
  };
}

function readEdits(reader: FieldReader, set: Labels): HeaderEdits {
  const remove = reader.texts("remove").flatMap((name, i) => {
    if (isEditableHeader(name.toLowerCase())) return [name.toLowerCase()];
    reader.invalidAt(["remove", i], name, EDITABLE_EXPECTED);
    return [];
  });
  const add = readPairs(reader, "add", reader.textMap("add"));
  return { remove, set: readPairs(reader, "set", set), add };
}

function readPairs(reader: FieldReader, map: "set" | "add", texts: Labels): readonly HeaderPair[] {
  return [...texts].flatMap(([written, value]): HeaderPair[] => {
    const name = written.toLowerCase();
    if (!isEditableHeader(name)) reader.invalidAt([map, written], written, EDITABLE_EXPECTED);
    else if (!isHeaderValue(value)) reader.invalidAt([map, written], value, VALUE_EXPECTED);
    else if (hasVariable(value)) {
      const message = `Not supported: variables such as "%...%", the header is left as it is`;
      reader.report([map, written], { severity: "error", code: "WEFT104", message });
    } else return [[name, value.replaceAll("%%", "%")]];
    return [];
  });
}

// Envoy puts something else in their place; "%%" is a percent sign.
function hasVariable(value: string): boolean {
  return value.replaceAll("%%", "").includes("%");
}

function isAuthorityName(name: string): boolean {
  return AUTHORITY_NAMES.includes(name.toLowerCase());
}

function withoutAuthority(set: Labels): Labels {
  return new Map([...set].filter(([name]) => !isAuthorityName(name)));
}

function readAuthority(request: FieldReader, set: Labels): string | undefined {
  for (const [name, value] of set) {
    if (!isAuthorityName(name)) continue;
    if (isAuthority(value)) return value;
    request.invalidAt(["set", name], value, AUTHORITY_EXPECTED);
  }
  return undefined;
}
