// What a request's head costs: `BENCH=full node src/proxy/http2/head.bench.ts`. Four pseudo-headers
// and nine headers, of which five fields change with every request; the dynamic tables are warm.

import { LIMITS } from "#base/limits.ts";
import { HpackDecoder } from "./hpack-decoder.ts";
import { HpackEncoder } from "./hpack-encoder.ts";
import { requestHeadOf } from "./request-head.ts";

const ROUNDS = 9;
const ROUND_HEADS = process.env["BENCH"] === "full" ? 200_000 : 10_000;
const HEADS: readonly (readonly string[])[] = Array.from({ length: 256 }, (_, i) => headOf(i));

const alone = new HpackEncoder(LIMITS);
const encoder = new HpackEncoder(LIMITS);
const decoder = new HpackDecoder(LIMITS);
const block = Buffer.alloc(4096);

const encodeNs: number[] = [];
const bothNs: number[] = [];
let bytes = 0;
for (let round = 0; round < ROUNDS; round++) {
  encodeNs.push(measure((head) => encode(alone, head)));
  bothNs.push(measure(encodeAndDecode));
}
const encodeBest = Math.min(...encodeNs);
const bothBest = Math.min(...bothNs);
const report = [
  `encode ${encodeBest.toFixed(0)} ns`,
  `decode and check ${(bothBest - encodeBest).toFixed(0)} ns`,
  `both ${bothBest.toFixed(0)} ns (best of ${ROUNDS})`,
  `${bytes} bytes on the wire`,
];
process.stdout.write(`${report.join(", ")}\n`);

function measure(run: (head: readonly string[]) => void): number {
  const startNs = process.hrtime.bigint();
  for (let i = 0; i < ROUND_HEADS; i++) run(HEADS[i % HEADS.length]!);
  return Number(process.hrtime.bigint() - startNs) / ROUND_HEADS;
}

function encodeAndDecode(head: readonly string[]): void {
  bytes = encode(encoder, head);
  if (decoder.decode(block, 0, bytes) !== "ok") throw new Error("corrupt");
  const decoded = requestHeadOf(decoder.fields, true);
  if (typeof decoded === "string") throw new Error(decoded);
}

function encode(into: HpackEncoder, head: readonly string[]): number {
  into.begin(block, 0);
  into.fields(head);
  return into.finish();
}

function headOf(i: number): string[] {
  const hex = ((i * 2_654_435_761) % 2 ** 32).toString(16).padStart(8, "0");
  const head = [
    ...[":method", "GET", ":scheme", "http", ":authority", "catalog.shop:8080"],
    ...[":path", `/items/${i % 1000}`],
    ...["accept", "application/json", "accept-encoding", "gzip, br", "user-agent", "shop/1.4"],
    ...["x-request-id", `${hex}-1111-4222-8333-${hex}9999`],
    ...["traceparent", `00-${hex}${hex}${hex}${hex}-${hex}${hex}-01`],
    ...["cookie", `session=${hex}${hex}; theme=dark`, "weft-port", "8080"],
    ...["x-forwarded-for", "10.1.2.3", "x-tenant", `${hex}`],
  ];
  // Strings as a parser would cut them: fresh ones, not yet seen.
  return head.map((text) => Buffer.from(text).toString("latin1"));
}
