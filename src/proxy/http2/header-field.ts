// Hot path.
//
// One decoded field. Entries of the HPACK tables are such records, so a header that repeats costs
// neither a string nor a check: what its name asks for and whether it is valid was found out once.

export type FieldKind =
  | "ordinary"
  | "method"
  | "scheme"
  | "authority"
  | "path"
  | "protocol"
  | "status"
  | "pseudo-unknown"
  // Belongs to one HTTP/1 connection; RFC 9113 §8.2.2 calls it malformed here.
  | "connection"
  | "te"
  | "content-length"
  | "host"
  | "cookie";

export type HeaderField = {
  readonly name: string;
  readonly value: string;
  readonly kind: FieldKind;
  readonly isNameValid: boolean;
  readonly isValid: boolean;
  // As RFC 7541 §4.1 and RFC 9113 §6.5.2 count it.
  readonly bytes: number;
};

const FIELD_OVERHEAD_BYTES = 32;

// RFC 9110's token without upper case.
const IS_NAME_CHARACTER = characters("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz");

// `isValueValid`: see isFieldValue, which looks at the bytes from which the value was cut.
export function headerField(name: string, value: string, isValueValid = true): HeaderField {
  return withName(name, kindOf(name), isFieldName(name), value, isValueValid);
}

// The same name, already looked at, with another value.
export function withValue(field: HeaderField, value: string, isValueValid: boolean): HeaderField {
  return withName(field.name, field.kind, field.isNameValid, value, isValueValid);
}

function withName(
  name: string,
  kind: FieldKind,
  isNameValid: boolean,
  value: string,
  isValueValid: boolean,
): HeaderField {
  return {
    name,
    value,
    kind,
    isNameValid,
    isValid: isNameValid && isValueValid,
    bytes: name.length + value.length + FIELD_OVERHEAD_BYTES,
  };
}

// Upper case is as wrong as a control character: RFC 9113 §8.2.1.
export function isFieldName(name: string): boolean {
  const from = name.charCodeAt(0) === 0x3a ? 1 : 0;
  for (let i = from; i < name.length; i++) {
    if (IS_NAME_CHARACTER[name.charCodeAt(i)] !== 1) return false;
  }
  return name.length > from;
}

// Stricter than RFC 9113 §8.2.1 (no NUL, CR, LF, no space around it): no control character at all,
// because the next hop may speak HTTP/1.
export function isFieldValue(bytes: Buffer, start: number, end: number): boolean {
  if (start === end) return true;
  if (isBlank(bytes[start]!) || isBlank(bytes[end - 1]!)) return false;
  for (let i = start; i < end; i++) {
    const code = bytes[i]!;
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return false;
  }
  return true;
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function kindOf(name: string): FieldKind {
  switch (name) {
    case ":method":
      return "method";
    case ":scheme":
      return "scheme";
    case ":authority":
      return "authority";
    case ":path":
      return "path";
    case ":protocol":
      return "protocol";
    case ":status":
      return "status";
    case "connection":
    case "keep-alive":
    case "proxy-connection":
    case "transfer-encoding":
    case "upgrade":
      return "connection";
    case "te":
    case "content-length":
    case "host":
    case "cookie":
      return name;
    default:
      return name.startsWith(":") ? "pseudo-unknown" : "ordinary";
  }
}

function characters(allowed: string): Uint8Array {
  const table = new Uint8Array(256);
  for (let i = 0; i < allowed.length; i++) table[allowed.charCodeAt(i)] = 1;
  return table;
}
