// Hot path.
//
// RFC 7541 §5.1, as characters that are bytes: `first` has the bits before the integer.

export function hpackInteger(first: number, prefixMask: number, value: number): string {
  if (value < prefixMask) return String.fromCharCode(first | value);
  let text = String.fromCharCode(first | prefixMask);
  let rest = value - prefixMask;
  for (; rest >= 0x80; rest >>>= 7) text += String.fromCharCode((rest & 0x7f) | 0x80);
  return text + String.fromCharCode(rest);
}
