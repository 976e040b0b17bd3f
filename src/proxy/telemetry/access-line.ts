// Hot path.
//
// What one line says. Names and meanings are Envoy's where it has the field
// (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage).
//
// Whatever a peer has sent stands inside a JSON string, escaped: it ends no line, begins no field
// and steers no terminal. Long texts are cut.
//
// When a request ends, only what is new in it is noted: amounts, and the bytes of texts. Its line
// is put together later with some others, each a few copies of bytes that it has in common with
// many: by then a proxy has run so much other code that what makes a line has to be fetched into
// the processor's caches again, once for all of them.

import { writeLatin1 } from "#base/latin1.ts";
import { LIMITS } from "#base/limits.ts";
import { queryOf, withoutQuery } from "#base/path-query.ts";
import type { Headers } from "#proxy/exchange/heads.ts";
import type { AccessLogPlan } from "#snapshot/access-log-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import type { Encoder } from "./access-value.ts";
import type { HeaderPlace } from "./header-place.ts";
import { isSampled } from "./is-sampled.ts";
import type { LineBlocks } from "./line-blocks.ts";
import { LineParts, type Part } from "./line-parts.ts";
import { Usual } from "./usual.ts";

// By part: what is usual in it, encoded, or as text where it isn't kept.
type Profile = readonly (Uint8Array | string)[];

// So many share one fetching of what makes lines.
const NOTED_MAX = 32;
// Enough of a text to see that it is to be cut.
const TEXT_MOST = LIMITS.accessLogTextMax + 1;
const TEXT_BYTES = 4_096;
// Of a traceparent: 00-TRACE-SPAN-FLAGS.
const [TRACE_ID_FROM, TRACE_ID_TO] = [3, 35];

export class AccessLine {
  readonly encode: Encoder;
  readonly #parts: LineParts;
  // Those with a value of their own.
  readonly #new: readonly Part[];
  // Of the entry at hand, by usual header; and what the one before it had.
  readonly #found: string[] = [];
  readonly #last = new Usual();
  // What is noted, in the order of the requests and of their parts.
  #noted = 0;
  readonly #amounts: Float64Array;
  #amountsNoted = 0;
  readonly #texts: Buffer;
  readonly #textEnds: Uint32Array;
  #textsNoted = 0;
  #textsEnd = 0;
  // By request; those that follow each other mostly share one.
  readonly #profiles: Profile[] = [];
  #profile: Profile = [];
  // Whether the next request may share it.
  #isKept = false;

  constructor(plan: AccessLogPlan) {
    this.#parts = new LineParts(plan);
    this.encode = this.#parts.encode;
    this.#new = this.#parts.all.filter(({ kind }) => kind !== "none");
    const texts = this.#new.filter(({ kind }) => kind === "text").length;
    this.#amounts = new Float64Array(NOTED_MAX * (this.#new.length - texts));
    this.#textEnds = new Uint32Array(NOTED_MAX * texts);
    this.#texts = Buffer.allocUnsafeSlow(TEXT_BYTES + texts * TEXT_MOST);
  }

  get hasNoted(): boolean {
    return this.#noted > 0;
  }

  // Another one may be noted only when lines have been made of these.
  get isFull(): boolean {
    return this.#noted === NOTED_MAX || this.#textsEnd > TEXT_BYTES;
  }

  // Keeps of the entry what its line says. `offsetMs`: from the monotonic to the wall clock.
  note(entry: AccessEntry, offsetMs: number): void {
    this.#find(entry.head.headers);
    const changed = this.#last.differences(entry, this.#found);
    if (changed !== 0 || !this.#isKept) this.#turn(changed, entry);
    this.#profiles[this.#noted++] = this.#profile;
    const all = this.#new;
    for (let i = 0; i < all.length; i++) {
      const part = all[i]!;
      if (part.kind === "text") this.#noteText(textOf(part, entry));
      else this.#amounts[this.#amountsNoted++] = amountOf(part.says, entry, offsetMs);
    }
  }

  // Of all that is noted; `lines` must be of this encoder.
  put(lines: LineBlocks): void {
    let [amounts, texts, textAt] = [0, 0, 0];
    const { all, times } = this.#parts;
    for (let at = 0; at < this.#noted; at++) {
      const profile = this.#profiles[at]!;
      for (let i = 0; i < all.length; i++) {
        const usual = profile[i]!;
        if (typeof usual === "string") lines.plain(usual);
        else lines.constant(usual);
        const { kind } = all[i]!;
        if (kind === "amount") lines.amount(this.#amounts[amounts++]!);
        else if (kind === "time") lines.constant(times.of(this.#amounts[amounts++]!));
        else if (kind === "text") {
          const end = this.#textEnds[texts++]!;
          lines.text(this.#texts, textAt, end);
          textAt = end;
        }
      }
      lines.endLine();
    }
    this.#noted = 0;
    this.#amountsNoted = 0;
    this.#textsNoted = 0;
    this.#textsEnd = 0;
  }

  #turn(changed: number, entry: AccessEntry): void {
    if (changed !== 0) this.#last.take(entry, this.#found);
    this.#isKept = true;
    this.#profile = this.#parts.all.map(({ usual }) => {
      const bytes = usual.bytes(changed, entry, this.#found);
      if (bytes === undefined) this.#isKept = false;
      return bytes ?? usual.text(entry, this.#found);
    });
  }

  // Its units are bytes: it is a part of a head.
  #noteText(text: string): void {
    const at = this.#textsEnd;
    const noted = text.length > TEXT_MOST ? text.slice(0, TEXT_MOST) : text;
    writeLatin1(this.#texts, noted, at);
    this.#textsEnd = at + noted.length;
    this.#textEnds[this.#textsNoted++] = this.#textsEnd;
  }

  #find(headers: Headers): void {
    const usual = this.#parts.usualHeaders;
    for (let i = 0; i < usual.length; i++) this.#found[i] = valueAt(usual[i]!, headers);
  }
}

function amountOf(says: Part["says"], entry: AccessEntry, offsetMs: number): number {
  switch (says) {
    case "bytes_received":
      return entry.bytesReceived;
    case "bytes_sent":
      return entry.bytesSent;
    case "duration":
      return entry.durationMs;
    case "first_byte":
      return entry.firstByteMs;
    default:
      return entry.startedMs + offsetMs;
  }
}

function textOf({ says, header }: Part, entry: AccessEntry): string {
  switch (says) {
    case "path":
      return withoutQuery(entry.head.path);
    case "query":
      return queryOf(entry.head.path);
    case "trace_id":
      return traceIdOf(entry, header);
    default:
      return valueAt(header, entry.head.headers);
  }
}

// "": there is none.
function valueAt(place: HeaderPlace, headers: Headers): string {
  const at = place.in(headers);
  return at < 0 ? "" : headers[at + 1]!;
}

// Of a trace that nobody keeps it would lead nowhere.
function traceIdOf({ isUntraced, head }: AccessEntry, place: HeaderPlace): string {
  if (isUntraced) return "";
  const traceparent = valueAt(place, head.headers);
  return isSampled(traceparent) ? traceparent.slice(TRACE_ID_FROM, TRACE_ID_TO) : "";
}
