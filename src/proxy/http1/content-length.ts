// Hot path.

const DIGIT_0 = 0x30;
const DIGIT_9 = 0x39;
// 15 digits are exact as a double.
const DIGITS_MAX = 15;

// The length, or -1 for whatever isn't plain decimal digits. A sign, a leading zero, `0x`, a list
// of equal numbers: some parser on the way reads each of them differently.
export function parseContentLength(value: string): number {
  const length = value.length;
  if (length === 0 || length > DIGITS_MAX) return -1;
  if (length > 1 && value.charCodeAt(0) === DIGIT_0) return -1;
  let number = 0;
  for (let i = 0; i < length; i++) {
    const char = value.charCodeAt(i);
    if (char < DIGIT_0 || char > DIGIT_9) return -1;
    number = number * 10 + char - DIGIT_0;
  }
  return number;
}
