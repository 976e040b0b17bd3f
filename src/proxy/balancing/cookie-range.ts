// Hot path.
//
// Where the value of a cookie stands in a Cookie header (RFC 6265, section 5.4), without a copy.

const SPACE = 0x20;
const SEMICOLON = 0x3b;
const EQUALS = 0x3d;

// -1 where there is none of that name.
export function cookieStart(header: string, name: string): number {
  for (let at = 0; at < header.length; at = cookieEnd(header, at) + 1) {
    while (header.charCodeAt(at) === SPACE) at++;
    const end = at + name.length;
    if (header.charCodeAt(end) === EQUALS && header.startsWith(name, at)) return end + 1;
  }
  return -1;
}

export function cookieEnd(header: string, start: number): number {
  let end = start;
  while (end < header.length && header.charCodeAt(end) !== SEMICOLON) end++;
  return end;
}
