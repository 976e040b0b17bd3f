// The examples of RFC 7541, Appendix C, each one.

import assert from "node:assert/strict";
import { test } from "node:test";
import { LIMITS } from "#base/limits.ts";
import { HpackDecoder } from "./hpack-decoder.ts";
import { HpackEncoder } from "./hpack-encoder.ts";

type Block = { readonly hex: string; readonly fields: string; readonly tableBytes: number };

const REQUESTS_FIELDS = [
  ":method GET|:scheme http|:path /|:authority www.example.com",
  ":method GET|:scheme http|:path /|:authority www.example.com|cache-control no-cache",
  ":method GET|:scheme https|:path /index.html|:authority www.example.com|custom-key custom-value",
];
const REQUEST_TABLE_BYTES = [57, 110, 164];

const DATE_21 = "date Mon, 21 Oct 2013 20:13:21 GMT";
const DATE_22 = "date Mon, 21 Oct 2013 20:13:22 GMT";
const LOCATION = "location https://www.example.com";
const COOKIE = "set-cookie foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";
const RESPONSES_FIELDS = [
  `:status 302|cache-control private|${DATE_21}|${LOCATION}`,
  `:status 307|cache-control private|${DATE_21}|${LOCATION}`,
  `:status 200|cache-control private|${DATE_22}|${LOCATION}|content-encoding gzip|${COOKIE}`,
];
const RESPONSE_TABLE_BYTES = [222, 222, 215];

test("C.1: integers fill their prefix and go on behind it", () => {
  // 1337 with a prefix of five bits, as a table size; 10 as an index.
  const decoder = new HpackDecoder(LIMITS);
  assert.equal(decode(decoder, "3f9a0a"), "");
  assert.equal(decode(decoder, "8a"), ":status 206");
});

test("C.2: literals with, without and never to be indexed, and an index", () => {
  const decoder = new HpackDecoder(LIMITS);
  const custom = "400a637573746f6d2d6b65790d637573746f6d2d686561646572";
  assert.equal(decode(decoder, custom), "custom-key custom-header");
  assert.equal(decoder.tableBytes, 55);
  assert.equal(decode(decoder, "040c2f73616d706c652f70617468"), ":path /sample/path");
  assert.equal(decode(decoder, "100870617373776f726406736563726574"), "password secret");
  assert.equal(decode(decoder, "82"), ":method GET");
  assert.equal(decoder.tableBytes, 55);
});

test("C.3: requests without Huffman", () => {
  const hex = [
    "828684410f7777772e6578616d706c652e636f6d",
    "828684be58086e6f2d6361636865",
    "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
  ];
  decodesAll("", blocks(hex, REQUESTS_FIELDS, REQUEST_TABLE_BYTES));
});

test("C.4: requests with Huffman", () => {
  const hex = [
    "828684418cf1e3c2e5f23a6ba0ab90f4ff",
    "828684be5886a8eb10649cbf",
    "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
  ];
  decodesAll("", blocks(hex, REQUESTS_FIELDS, REQUEST_TABLE_BYTES));
});

test("C.5: responses without Huffman, with a table of 256 bytes", () => {
  const hex = [
    "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d54" +
      "6e1768747470733a2f2f7777772e6578616d706c652e636f6d",
    "4803333037c1c0bf",
    "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f" +
      "3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b20" +
      "76657273696f6e3d31",
  ];
  decodesAll("3fe101", blocks(hex, RESPONSES_FIELDS, RESPONSE_TABLE_BYTES));
});

test("C.6: responses with Huffman, with a table of 256 bytes", () => {
  const hex = [
    "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f" +
      "0b97c8e9ae82ae43d3",
    "4883640effc1c0bf",
    "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335df" +
      "dfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
  ];
  decodesAll("3fe101", blocks(hex, RESPONSES_FIELDS, RESPONSE_TABLE_BYTES));
});

test("the encoder writes C.4's first and second request byte for byte", () => {
  const encoder = new HpackEncoder(LIMITS);
  const expected = ["828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf"];
  for (const [i, hex] of expected.entries()) {
    const buffer = Buffer.alloc(200);
    encoder.begin(buffer, 0);
    for (const field of REQUESTS_FIELDS[i]!.split("|")) {
      const space = field.indexOf(" ");
      encoder.field(field.slice(0, space), field.slice(space + 1));
    }
    assert.equal(buffer.subarray(0, encoder.finish()).toString("hex"), hex);
    assert.equal(encoder.tableBytes, REQUEST_TABLE_BYTES[i]);
  }
});

function blocks(
  hex: readonly string[],
  fields: readonly string[],
  tableBytes: readonly number[],
): Block[] {
  return hex.map((block, i) => ({ hex: block, fields: fields[i]!, tableBytes: tableBytes[i]! }));
}

function decodesAll(setUp: string, all: readonly Block[]): void {
  const decoder = new HpackDecoder(LIMITS);
  assert.equal(decode(decoder, setUp), "");
  for (const { hex, fields, tableBytes } of all) {
    assert.equal(decode(decoder, hex), fields);
    assert.equal(decoder.tableBytes, tableBytes);
  }
}

function decode(decoder: HpackDecoder, hex: string): string {
  const block = Buffer.from(hex, "hex");
  assert.equal(decoder.decode(block, 0, block.length), "ok");
  return decoder.fields.map(({ name, value }) => `${name} ${value}`).join("|");
}
