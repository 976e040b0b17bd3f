// Hot path.
//
// What one line says. Names and meanings are Envoy's where it has the field
// (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage).
//
// Whatever a peer has sent stands inside a JSON string, escaped: it ends no line, begins no field
// and steers no terminal. Long texts are cut. A line is a few copies of bytes that it has in common
// with others, each with what is new in it behind them.

import type { Headers } from "#proxy/exchange/heads.ts";
import type { AccessLogField, AccessLogPlan } from "#snapshot/access-log-plan.ts";
import type { AccessEntry } from "./access-entry.ts";
import { BY_HEADER, type NewField, USUAL_FIELDS } from "./access-fields.ts";
import { type Encoder, encoderOf } from "./access-value.ts";
import { HeaderPlace } from "./header-place.ts";
import { isSampled } from "./is-sampled.ts";
import type { LineBlocks } from "./line-blocks.ts";
import { Usual, usualHeader } from "./usual.ts";
import { type TextOf, UsualRun } from "./usual-run.ts";
import { WallTimes } from "./wall-times.ts";
import { withoutQuery } from "./without-query.ts";

// What is usual, and the new value behind it.
type Part = {
  readonly usual: UsualRun;
  readonly kind: "amount" | "text" | "time" | "none";
  readonly says: NewField | "end";
  readonly header: HeaderPlace; // where it says one
};

const KINDS: Readonly<Record<Part["says"], Part["kind"]>> = {
  ...({ bytes_received: "amount", bytes_sent: "amount" } as const),
  ...({ duration: "amount", first_byte: "amount" } as const),
  ...({ path: "text", query: "text", trace_id: "text", header: "text" } as const),
  ...({ start_time: "time", end: "none" } as const),
};

// Headers that are another in each request.
const OF_ITS_OWN: ReadonlySet<string> = new Set(["x-request-id", "traceparent"]);
// Of a traceparent: 00-TRACE-SPAN-FLAGS.
const [TRACE_ID_FROM, TRACE_ID_TO] = [3, 35];

export class AccessLine {
  readonly encode: Encoder;
  readonly #isJson: boolean;
  readonly #parts: Part[] = [];
  #times = new WallTimes("", "");
  readonly #usualHeaders: HeaderPlace[] = [];
  // Of the entry at hand, by usual header; and what the one before it had.
  readonly #found: string[] = [];
  readonly #last = new Usual();
  // Of the part that is being made.
  #texts: TextOf[] = [];
  #dependsOn = 0;
  #isFirst = true;

  constructor({ format, fields, headers }: AccessLogPlan) {
    this.#isJson = format === "json";
    this.encode = encoderOf(format);
    for (const field of fields) this.#addField(field);
    for (const name of headers) this.#addHeader(name, name, OF_ITS_OWN.has(name));
    this.#addText(this.#isJson ? "}\n" : "\n");
    this.#endPart("end");
  }

  // `offsetMs`: from the monotonic to the wall clock. The lines must be of this encoder.
  put(lines: LineBlocks, entry: AccessEntry, offsetMs: number): void {
    const { headers } = entry.head;
    const found = this.#found;
    this.#find(headers);
    const changed = this.#last.differences(entry, found);
    if (changed !== 0) this.#last.take(entry, found);
    const parts = this.#parts;
    for (let i = 0; i < parts.length; i++) {
      const part = parts[i]!;
      const bytes = part.usual.bytes(changed, entry, found);
      if (bytes !== undefined) lines.constant(bytes);
      else lines.plain(part.usual.text(entry, found));
      switch (part.kind) {
        case "amount":
          lines.amount(amountOf(part.says, entry));
          break;
        case "text":
          lines.text(textOf(part, entry));
          break;
        case "time":
          lines.constant(this.#times.of(entry.startedMs + offsetMs));
          break;
      }
    }
    lines.endLine();
  }

  // ---- how it is made ---------------------------------------------------------------------------

  #addField(field: AccessLogField): void {
    const usual = USUAL_FIELDS[field];
    const header = BY_HEADER[field];
    if (usual !== undefined) {
      const before = this.#before(field);
      const { dependsOn, read } = usual;
      this.#addUsual(dependsOn, (entry) => before + this.#encoded(read(entry)));
    } else if (header !== undefined) {
      this.#addHeader(field, header, OF_ITS_OWN.has(header));
    } else if (field === "start_time") {
      const quote = this.#isJson ? '"' : "";
      this.#times = new WallTimes(this.#before(field) + quote, `Z${quote}`);
      this.#endPart(field);
    } else {
      this.#addText(this.#before(field));
      this.#endPart(field as NewField);
    }
  }

  #addHeader(field: string, name: string, isOfItsOwn: boolean): void {
    const before = this.#before(field);
    const place = new HeaderPlace(name);
    if (isOfItsOwn) {
      this.#addText(before);
      return this.#endPart(field === "trace_id" ? field : "header", place);
    }
    const at = this.#usualHeaders.push(place) - 1;
    this.#found.push("");
    this.#addUsual(usualHeader(at), (_, found) => before + this.encode.text(found[at]!));
  }

  #addText(text: string): void {
    this.#texts.push(() => text);
  }

  #addUsual(dependsOn: number, textOf: TextOf): void {
    this.#dependsOn |= dependsOn;
    this.#texts.push(textOf);
  }

  #endPart(says: Part["says"], header = new HeaderPlace("")): void {
    const texts = this.#texts;
    const all: TextOf = (entry, found) => texts.map((each) => each(entry, found)).join("");
    const usual = new UsualRun(this.#dependsOn, all);
    this.#parts.push({ usual, kind: KINDS[says], says, header });
    this.#texts = [];
    this.#dependsOn = 0;
  }

  #before(name: string): string {
    const isFirst = this.#isFirst;
    this.#isFirst = false;
    if (!this.#isJson) return isFirst ? "" : " ";
    return `${isFirst ? "{" : ","}${this.encode.text(name)}:`;
  }

  #encoded(value: string | number | boolean): string {
    return typeof value === "string" ? this.encode.text(value) : String(value);
  }

  #find(headers: Headers): void {
    const usual = this.#usualHeaders;
    for (let i = 0; i < usual.length; i++) this.#found[i] = valueAt(usual[i]!, headers);
  }
}

function amountOf(says: Part["says"], entry: AccessEntry): number {
  switch (says) {
    case "bytes_received":
      return entry.bytesReceived;
    case "bytes_sent":
      return entry.bytesSent;
    case "duration":
      return entry.durationMs;
    default:
      return entry.firstByteMs;
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

function queryOf(path: string): string {
  const at = path.indexOf("?");
  return at < 0 ? "" : path.slice(at + 1);
}
