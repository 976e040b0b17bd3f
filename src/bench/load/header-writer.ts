// Hot path.
//
// RFC 7541 for the requests of one connection. What a load sends is known beforehand, so that its
// table never evicts: each row of it is entered when it is first sent, as long as there is room,
// and is one byte from then on. Of a header that changes, the name stands in the table.

import type { GapFiller } from "./gap-filler.ts";
import { hpackInteger } from "./hpack-integer.ts";
import type { Http2Field, Http2Request } from "./http2-request.ts";

const STATIC_ENTRIES = 61;
const TABLE_BYTES = 4096;
const ENTRY_OVERHEAD_BYTES = 32;
// Any index is then one byte.
const ENTRIES_MAX = 60;

export class HeaderWriter {
  readonly #filler: GapFiller;
  // By row: the how manieth entry it is, from 1; 0 if it isn't in the table.
  readonly #entries: number[] = [];
  #inserted = 0;
  #bytes = 0;
  #bytesMax = TABLE_BYTES;
  #resize = "";

  constructor(filler: GapFiller) {
    this.#filler = filler;
  }

  // The other side's SETTINGS_HEADER_TABLE_SIZE. Less than everybody has, and we use none.
  limitTable(bytes: number): void {
    if (bytes >= TABLE_BYTES || this.#bytesMax === 0) return;
    this.#bytesMax = 0;
    this.#entries.length = 0;
    this.#resize = hpackInteger(0x20, 0x1f, 0);
  }

  // The block, one character a byte.
  write({ shape, number }: Http2Request): string {
    let text = this.#resize + shape.first;
    this.#resize = "";
    const { fields } = shape;
    for (let i = 0; i < fields.length; i++) text += this.#field(fields[i]!, number);
    return text;
  }

  #field(field: Http2Field, number: number): string {
    const { fixed, row } = field;
    const entry = this.#entries[row] ?? 0;
    const index = STATIC_ENTRIES + 1 + this.#inserted - entry;
    if (fixed !== undefined && entry > 0) return hpackInteger(0x80, 0x7f, index);
    const value = fixed ?? this.#filled(field, number);
    if (entry > 0) return hpackInteger(0x00, 0x0f, index) + value;
    return (
      (this.#enter(row, field.nameBytes + value.length) ? field.indexing : field.plain) + value
    );
  }

  #filled(field: Http2Field, number: number): string {
    const value = this.#filler.render(field.value, number);
    return hpackInteger(0, 0x7f, value.length) + value;
  }

  // `bytes` count a value's length too: a few more than the table counts.
  #enter(row: number, bytes: number): boolean {
    const after = this.#bytes + bytes + ENTRY_OVERHEAD_BYTES;
    if (after > this.#bytesMax || this.#inserted === ENTRIES_MAX) return false;
    this.#bytes = after;
    this.#entries[row] = ++this.#inserted;
    return true;
  }
}
