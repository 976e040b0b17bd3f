// Hot path.

// Sockets deliver Buffers; whoever else carries bytes may not. A view, not a copy.
export function asBuffer(bytes: Uint8Array): Buffer {
  if (Buffer.isBuffer(bytes)) return bytes;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}
