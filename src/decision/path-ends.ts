// Hot path.
//
// What may follow the piece of path that a match wants, as bits.

export const ENDS_ANYWHERE = 1; // a prefix of characters
export const ENDS_SEGMENT = 2; // a prefix of segments: a slash or nothing
export const ENDS_PATH = 4; // the exact path: nothing

const SLASH = 0x2f;

// The bits that hold behind the first `length` characters of a path of `pathLength`.
export function endsBehind(path: string, length: number, pathLength: number): number {
  if (length === pathLength) return ENDS_ANYWHERE | ENDS_SEGMENT | ENDS_PATH;
  return path.charCodeAt(length) === SLASH ? ENDS_ANYWHERE | ENDS_SEGMENT : ENDS_ANYWHERE;
}
