// Hot path.
//
// A gRPC status as it may become a label. An application may answer any text of any length; what is
// no code of gRPC counts as what its callers take it for: 2, unknown.

const UNKNOWN = "2";
const ZERO = 0x30;
const LAST = 16;

// "" where it is no gRPC call.
export function countedGrpcStatus(text: string): string {
  const { length } = text;
  if (length === 0) return "";
  const first = text.charCodeAt(0) - ZERO;
  if (length === 1) return first >= 0 && first <= 9 ? text : UNKNOWN;
  const second = text.charCodeAt(1) - ZERO;
  return length === 2 && first === 1 && second >= 0 && 10 + second <= LAST ? text : UNKNOWN;
}
