// Hot path.
//
// Huffman code for what goes into a dynamic table, and so is sent once for many uses.

import { HUFFMAN_CODES, HUFFMAN_LENGTHS } from "./huffman-table.ts";

// Bytes that `encodeHuffman` will write.
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += HUFFMAN_LENGTHS[text.charCodeAt(i) & 0xff]!;
  return (bits + 7) >> 3;
}

// Writes at `start` and returns the index behind it.
export function encodeHuffman(text: string, to: Buffer, start: number): number {
  let at = start;
  let bits = 0;
  let pending = 0;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i) & 0xff;
    let length = HUFFMAN_LENGTHS[symbol]!;
    let code = HUFFMAN_CODES[symbol]!;
    // Fewer than 8 bits are pending, and 32 fit: a long code goes in two pieces.
    if (length > 24) {
      length -= 16;
      pending = (pending << length) | (code >>> 16);
      bits += length;
      while (bits >= 8) {
        bits -= 8;
        to[at++] = pending >>> bits;
      }
      code &= 0xffff;
      length = 16;
    }
    pending = (pending << length) | code;
    bits += length;
    while (bits >= 8) {
      bits -= 8;
      to[at++] = pending >>> bits;
    }
  }
  // Padding is the beginning of EOS: ones.
  if (bits > 0) to[at++] = (pending << (8 - bits)) | (0xff >> bits);
  return at;
}
