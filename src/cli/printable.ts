// Text that a stranger wrote, for a terminal: control characters as escapes, so that it neither
// obeys them nor begins a line.

export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, (character) => {
    return `\\u{${character.codePointAt(0)!.toString(16)}}`;
  });
}
