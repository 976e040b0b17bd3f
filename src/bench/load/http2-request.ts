// Requests for HTTP/2, compiled as far as that goes without a connection: what a header becomes on
// the wire depends on what that connection has sent before (header-writer.ts).

import { STATIC_TABLE } from "#proxy/http2/hpack-static-table.ts";
import { hpackInteger } from "./hpack-integer.ts";
import { bodyText, type RequestShape, type RequestTarget } from "./request-shape.ts";
import { hasGaps, type Part, partsOf } from "./template.ts";

export type Http2Field = {
  // Its row in the connection's table: of the whole field, or of its name where the value changes.
  readonly row: number;
  // Before the value: "indexed from now on", and "not indexed". The latter is used without a row.
  readonly indexing: string;
  readonly plain: string;
  readonly nameBytes: number;
  // With its length, if it has no gaps.
  readonly fixed: string | undefined;
  readonly value: readonly Part[];
};

export type Http2Shape = {
  readonly weight: number;
  readonly isHead: boolean;
  readonly isGrpc: boolean;
  // Pseudo-headers of the static table, as they are on the wire, and all others.
  readonly first: string;
  readonly fields: readonly Http2Field[];
  readonly body: readonly Part[];
};

export type Http2Request = {
  readonly shape: Http2Shape;
  readonly number: number;
  readonly body: string;
};

const STATIC_FIELDS = STATIC_TABLE.map(({ name, value }) => `${name}\0${value}`);
const STATIC_NAMES = STATIC_TABLE.map(({ name }) => name);

// All shapes of a load together: their rows are those of one table.
export function compileShapes(
  shapes: readonly RequestShape[],
  target: RequestTarget,
): readonly Http2Shape[] {
  const rows = new Map<string, number>();
  const rowOf = (key: string): number => {
    const row = rows.get(key) ?? rows.size;
    rows.set(key, row);
    return row;
  };
  return shapes.map((shape) => compile(shape, target, rowOf));
}

function compile(
  shape: RequestShape,
  target: RequestTarget,
  rowOf: (key: string) => number,
): Http2Shape {
  const text = bodyText(shape.body);
  const body = partsOf(text);
  const isGrpc = shape.headers.some(([name, value]) => isGrpcType(name.toLowerCase(), value));
  const hasLength = text !== "" && !isGrpc && !hasGaps(body, text);
  const pairs = [
    [":method", shape.method],
    [":scheme", "http"],
    [":authority", target.authority],
    [":path", `${target.prefix}${shape.path}`],
    ...shape.headers,
    ...(hasLength ? [["content-length", String(text.length)] as const] : []),
  ] as const;
  let first = "";
  const fields: Http2Field[] = [];
  for (const [name, value] of pairs) {
    // Only pseudo-headers: they must stand before all others.
    const known = name.startsWith(":") ? STATIC_FIELDS.indexOf(`${name}\0${value}`) + 1 : 0;
    if (known > 0) first += hpackInteger(0x80, 0x7f, known);
    else fields.push(fieldOf(name.toLowerCase(), value, rowOf));
  }
  const isHead = shape.method === "HEAD";
  return { weight: shape.weight, isHead, isGrpc, first, fields, body };
}

function fieldOf(name: string, value: string, rowOf: (key: string) => number): Http2Field {
  const index = STATIC_NAMES.indexOf(name) + 1;
  const nameText = index > 0 ? "" : hpackInteger(0, 0x7f, name.length) + name;
  const parts = partsOf(value);
  const isFixed = !hasGaps(parts, value);
  return {
    row: rowOf(isFixed ? `${name}\0${value}` : name),
    indexing: hpackInteger(0x40, 0x3f, index) + nameText,
    plain: hpackInteger(0x00, 0x0f, index) + nameText,
    nameBytes: name.length,
    fixed: isFixed ? hpackInteger(0, 0x7f, value.length) + value : undefined,
    value: parts,
  };
}

function isGrpcType(name: string, value: string): boolean {
  return name === "content-type" && value.startsWith("application/grpc");
}
