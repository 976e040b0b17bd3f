// Hot path.
//
// RFC 9110 §8.6, without the leniency: digits and nothing else.

const DIGITS_MAX = 15;

// -1: not a length.
export function parseContentLength(text: string): number {
  if (text.length === 0 || text.length > DIGITS_MAX) return -1;
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 0x30;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length;
}
