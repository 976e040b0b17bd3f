// Writes the few ASN.1 values that a certificate request consists of (X.690, DER).
//
// A library for it costs an idle sidecar 11 MB; this costs nothing and reads nothing.

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  oid: 0x06,
  sequence: 0x30,
  set: 0x31,
} as const;

export const der = {
  sequence: (...members: readonly Uint8Array[]) => value(TAG.sequence, ...members),
  // Of one member: more would have to be sorted.
  set: (member: Uint8Array) => value(TAG.set, member),
  // 0 to 127.
  integer: (small: number) => value(TAG.integer, Uint8Array.of(small)),
  isTrue: () => value(TAG.boolean, Uint8Array.of(0xff)),
  octetString: (content: Uint8Array) => value(TAG.octetString, content),
  // Whole bytes.
  bitString: (content: Uint8Array) => value(TAG.bitString, Uint8Array.of(0), content),
  oid: (dotted: string) => value(TAG.oid, oidBytes(dotted)),
  // [tag] IMPLICIT of a primitive type, with its content.
  primitive: (tag: number, content: Uint8Array) => value(0x80 | tag, content),
  // [tag] around members.
  constructed: (tag: number, ...members: readonly Uint8Array[]) => value(0xa0 | tag, ...members),
} as const;

function value(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(contents);
  return Buffer.concat([Uint8Array.of(tag, ...lengthBytes(content.length)), content]);
}

function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = bigEndian(length, 8);
  return [0x80 | bytes.length, ...bytes];
}

function oidBytes(dotted: string): Uint8Array {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  const bytes = [first * 40 + second];
  for (const arc of rest) {
    const digits = bigEndian(arc, 7);
    bytes.push(...digits.map((digit, i) => (i < digits.length - 1 ? digit | 0x80 : digit)));
  }
  return Uint8Array.from(bytes);
}

// Digits of `bits` bits, the most significant first, at least one.
function bigEndian(number: number, bits: number): number[] {
  const base = 2 ** bits;
  const digits = [number % base];
  for (let rest = Math.floor(number / base); rest > 0; rest = Math.floor(rest / base)) {
    digits.unshift(rest % base);
  }
  return digits;
}
