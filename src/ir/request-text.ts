// Texts that a document puts into requests and answers: they must not be able to end a line, or
// mean something else where they are put.

const AUTHORITY = /^[A-Za-z0-9._~%!$&'()*+,;=-]+(:[0-9]{1,5})?$|^\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?$/;
const PATH = /^\/[\x21\x22\x24-\x3e\x40-\x7e\x80-\u{10ffff}]*$/u;
const PATH_WITH_QUERY = /^\/[\x21\x22\x24-\x7e\x80-\u{10ffff}]*$/u;
const LENGTH_MAX = 1_024; // as Gateway API has it

export const AUTHORITY_EXPECTED = 'a host name, with or without a port: "reviews.example.com"';

export function isAuthority(text: string): boolean {
  return text.length <= 260 && AUTHORITY.test(text);
}

export const PATH_EXPECTED =
  'a path that begins with "/": no spaces, no "?" or "#", ' + `at most ${LENGTH_MAX} characters`;

export function isPath(text: string): boolean {
  return text.length <= LENGTH_MAX && PATH.test(text);
}

export function isPathWithQuery(text: string): boolean {
  return text.length <= LENGTH_MAX && PATH_WITH_QUERY.test(text);
}
