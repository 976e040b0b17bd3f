// An IP address from bytes, for the PROXY protocol.

const MAPPED = Buffer.from("00000000000000000000ffff", "hex");

// In the one form that RFC 5952 knows. IPv4 inside IPv6 is IPv4: else one peer would have two
// addresses, and what is said about one of them would miss the other.
export function ipText(bytes: Buffer): string {
  if (bytes.length === 4) return bytes.join(".");
  if (bytes.subarray(0, MAPPED.length).equals(MAPPED)) return bytes.subarray(12).join(".");
  const groups = Array.from({ length: 8 }, (_, i) => bytes.readUInt16BE(i * 2));
  const { start, length } = longestZeros(groups);
  const hex = (from: readonly number[]) => from.map((group) => group.toString(16)).join(":");
  if (length < 2) return hex(groups);
  return `${hex(groups.slice(0, start))}::${hex(groups.slice(start + length))}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  for (let start = 0; start < groups.length; start++) {
    let length = 0;
    while (groups[start + length] === 0) length++;
    if (length > best.length) best = { start, length };
  }
  return best;
}
