// Which headers a document may change, and to what. Not those that belong to one hop or to the
// body's framing, which the proxies write; nor those by which the mesh states who asks.

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\u{10ffff}]*$/u;
const VALUE_MAX = 4_096; // as Gateway API has it

const OF_ONE_HOP = [
  ...["connection", "content-length", "host", "keep-alive", "proxy-authorization"],
  ...["proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"],
];
const OF_THE_MESH = ["weft-", "l5d-", "x-forwarded-client-cert", "x-envoy-peer-metadata"];

export const EDITABLE_EXPECTED =
  "the name of a header, and not one of a single hop, of the body's framing or of the mesh";

// `name` in lower case.
export function isEditableHeader(name: string): boolean {
  if (!TOKEN.test(name) || OF_ONE_HOP.includes(name)) return false;
  return !OF_THE_MESH.some((prefix) => name.startsWith(prefix));
}

export const VALUE_EXPECTED = `a header's value: at most ${VALUE_MAX} characters, none of control`;

export function isHeaderValue(value: string): boolean {
  return value.length <= VALUE_MAX && VALUE.test(value) && value === value.trim();
}
