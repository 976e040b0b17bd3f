// Of Protocol Buffers and of gRPC's frames, what recommendations.proto needs.

export type Field = { readonly field: number; readonly value: number | Buffer };

const VARINT = 0;
const BYTES = 2;
const FRAME_HEAD_BYTES = 5;
const VARINT_BYTES_MAX = 5;

export function encodeFields(fields: readonly Field[]): Buffer {
  const parts = fields.map(({ field, value }) =>
    typeof value === "number"
      ? Buffer.concat([varint((field << 3) | VARINT), varint(value)])
      : Buffer.concat([varint((field << 3) | BYTES), varint(value.length), value]),
  );
  return Buffer.concat(parts);
}

// Undefined: that is no such message.
export function decodeFields(bytes: Buffer): readonly Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const next = (): number => {
    let value = 0;
    for (let i = 0; i < VARINT_BYTES_MAX; i++) {
      const byte = bytes[at++] ?? Number.NaN;
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (Number.isNaN(byte)) return Number.NaN;
      if (byte < 0x80) return value;
    }
    return Number.NaN;
  };
  while (at < bytes.length) {
    const key = next();
    const number = next();
    if (Number.isNaN(key) || Number.isNaN(number)) return undefined;
    const field = Math.floor(key / 8);
    if (key % 8 === VARINT) fields.push({ field, value: number });
    else if (key % 8 === BYTES && at + number <= bytes.length) {
      fields.push({ field, value: bytes.subarray(at, at + number) });
      at += number;
    } else return undefined;
  }
  return fields;
}

// A message as gRPC sends it: not compressed, its length, itself.
export function frameMessage(message: Buffer): Buffer {
  const head = Buffer.alloc(FRAME_HEAD_BYTES);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

// Undefined: that is not one whole message.
export function unframeMessage(bytes: Buffer): Buffer | undefined {
  if (bytes.length < FRAME_HEAD_BYTES || bytes[0] !== 0) return undefined;
  const message = bytes.subarray(FRAME_HEAD_BYTES);
  return bytes.readUInt32BE(1) === message.length ? message : undefined;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}
