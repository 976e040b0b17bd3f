// Hot path.
//
// A state machine that eats four bits at a time. A state is an inner node of the code's tree; the
// shortest code has five bits, so a step completes one symbol at most.
//
//   step   [ next state : 8 | symbol : 8 | emits | fails ]     16 KiB in all

import assert from "node:assert/strict";
import { HUFFMAN_CODES, HUFFMAN_EOS, HUFFMAN_LENGTHS } from "./huffman-table.ts";

const EMITS = 1 << 16;
const FAILS = 1 << 17;
const STATES = 256;
const PADDING_BITS_MAX = 7;

type Tree = { readonly children: number[]; readonly mayEnd: Uint8Array };

const TREE = plantTree();
const STEPS = new Uint32Array(STATES * 16);
for (let state = 0; state < STATES; state++) {
  for (let nibble = 0; nibble < 16; nibble++) STEPS[state * 16 + nibble] = step(state, nibble);
}

// Decodes into `to`, which has room for 8/5 of the input, and returns the length, or -1 where the
// input holds EOS or ends in anything but at most seven bits of it (RFC 7541 §5.2).
export function decodeHuffman(from: Buffer, start: number, end: number, to: Buffer): number {
  let state = 0;
  let length = 0;
  for (let i = start; i < end; i++) {
    const byte = from[i]!;
    let step = STEPS[(state << 4) | (byte >> 4)]!;
    if (step >= EMITS) {
      if (step >= FAILS) return -1;
      to[length++] = (step >> 8) & 0xff;
    }
    step = STEPS[((step & 0xff) << 4) | (byte & 15)]!;
    if (step >= EMITS) {
      if (step >= FAILS) return -1;
      to[length++] = (step >> 8) & 0xff;
    }
    state = step & 0xff;
  }
  return TREE.mayEnd[state] === 1 ? length : -1;
}

// Children of node n lie at 2n and 2n + 1: an inner node as its number, a leaf as ~symbol.
function plantTree(): Tree {
  const children: number[] = [0, 0];
  const mayEnd = new Uint8Array(STATES);
  mayEnd[0] = 1;
  for (let symbol = 0; symbol <= HUFFMAN_EOS; symbol++) {
    const length = HUFFMAN_LENGTHS[symbol]!;
    const code = HUFFMAN_CODES[symbol]!;
    let node = 0;
    for (let depth = 1; depth < length; depth++) {
      const at = node * 2 + ((code >>> (length - depth)) & 1);
      if (children[at] === 0) children[at] = children.push(0, 0) / 2 - 1;
      node = children[at]!;
      if (symbol === HUFFMAN_EOS && depth <= PADDING_BITS_MAX) mayEnd[node] = 1;
    }
    children[node * 2 + (code & 1)] = ~symbol;
  }
  assert.equal(children.length, STATES * 2);
  return { children, mayEnd };
}

function step(from: number, nibble: number): number {
  let node = from;
  let emitted = 0;
  for (let bit = 3; bit >= 0; bit--) {
    const child = TREE.children[node * 2 + ((nibble >> bit) & 1)]!;
    node = Math.max(child, 0);
    if (child === ~HUFFMAN_EOS) return FAILS;
    if (child < 0) emitted = EMITS | (~child << 8);
  }
  return emitted | node;
}
