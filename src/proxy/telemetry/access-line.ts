// Hot path.
//
// What one line says. Names and meanings are Envoy's where it has the field
// (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage).
//
// Whatever a peer has sent stands inside a JSON string, escaped: it ends no line, begins no field
// and steers no terminal. Long texts are cut. Neighbouring fields that a series has in common are
// encoded once for each series; of headers those that are wanted are found in one pass.

import type { Headers } from "#proxy/exchange/heads.ts";
import type { AccessLogField, AccessLogPlan } from "#snapshot/access-log-plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { AccessEntry } from "./access-entry.ts";
import { BY_ENTRY, BY_HEADER, BY_KEY, type KeyValue } from "./access-fields.ts";
import { type Encoder, encoderOf } from "./access-value.ts";
import type { LineBlocks } from "./line-blocks.ts";
import { WallTimes } from "./wall-times.ts";

type KeyField = { readonly before: string; readonly read: KeyValue };

type Piece = (lines: LineBlocks, entry: AccessEntry, offsetMs: number) => void;

// Of a traceparent: 00-TRACE-SPAN-FLAGS.
const [TRACE_ID_FROM, TRACE_ID_TO] = [3, 35];

export class AccessLine {
  readonly encode: Encoder;
  readonly #isJson: boolean;
  readonly #end: Uint8Array;
  readonly #pieces: Piece[] = [];
  // Fields of the series that stand side by side.
  readonly #runs: KeyField[][] = [];
  readonly #known = new WeakMap<SeriesKey, readonly Uint8Array[]>();
  readonly #unknown: readonly Uint8Array[];
  readonly #wanted: string[] = [];
  readonly #hasLength: boolean[] = [];
  // Of the entry at hand: by run, and by wanted header.
  #runBytes: readonly Uint8Array[] = [];
  readonly #found: string[] = [];

  constructor({ format, fields, headers }: AccessLogPlan) {
    this.#isJson = format === "json";
    this.#end = Buffer.from(this.#isJson ? "}\n" : "\n");
    this.encode = encoderOf(format);
    for (const [at, field] of fields.entries()) this.#addField(field, fields[at - 1]);
    for (const name of headers) this.#addHeader(name, this.#before(name));
    const none = this.encode.text("");
    this.#unknown = this.#runs.map((run) =>
      Buffer.from(run.map(({ before }) => before + none).join("")),
    );
  }

  // `offsetMs`: from the monotonic to the wall clock. The lines must be of this encoder.
  put(lines: LineBlocks, entry: AccessEntry, offsetMs: number): void {
    if (this.#runs.length > 0) this.#runBytes = this.#runsOf(entry.key);
    if (this.#wanted.length > 0) this.#find(entry.head.headers);
    const pieces = this.#pieces;
    for (let i = 0; i < pieces.length; i++) pieces[i]!(lines, entry, offsetMs);
    lines.endLine(this.#end);
  }

  #addField(field: AccessLogField, last: AccessLogField | undefined): void {
    const before = this.#before(field);
    const header = BY_HEADER[field];
    if (header !== undefined) return this.#addHeader(header, before);
    const read = BY_KEY[field];
    if (read === undefined) this.#addEntryField(field, before);
    else if (last !== undefined && BY_KEY[last]) this.#runs.at(-1)!.push({ before, read });
    else {
      const at = this.#runs.push([{ before, read }]) - 1;
      this.#pieces.push((lines) => lines.constant(this.#runBytes[at]!));
    }
  }

  #before(name: string): string {
    const isFirst = this.#pieces.length === 0;
    if (!this.#isJson) return isFirst ? "" : " ";
    return `${isFirst ? "{" : ","}${this.encode.text(name)}:`;
  }

  #addEntryField(field: AccessLogField, before: string): void {
    if (field === "start_time") return this.#addStartTime(before);
    const start = Buffer.from(before);
    const put = BY_ENTRY[field]!;
    this.#pieces.push((lines, entry) => {
      lines.constant(start);
      put(lines, entry);
    });
  }

  #addStartTime(before: string): void {
    const times = new WallTimes();
    const quote = this.#isJson ? '"' : "";
    const [start, end] = [Buffer.from(before + quote), Buffer.from(`Z${quote}`)];
    this.#pieces.push((lines, { startedMs }, offsetMs) => {
      lines.constant(start);
      times.put(lines, startedMs + offsetMs);
      lines.constant(end);
    });
  }

  #addHeader(name: string, before: string): void {
    const at = this.#wanted.push(name) - 1;
    const found = this.#found;
    found.push("");
    this.#hasLength[name.length] = true;
    const start = Buffer.from(before);
    const isTrace = name === "traceparent";
    this.#pieces.push((lines) => {
      lines.constant(start);
      const value = found[at]!;
      if (!isTrace) lines.text(value);
      else lines.text(value, TRACE_ID_FROM, Math.min(TRACE_ID_TO, value.length));
    });
  }

  #runsOf(key: SeriesKey | undefined): readonly Uint8Array[] {
    if (key === undefined) return this.#unknown;
    const known = this.#known.get(key);
    if (known) return known;
    const textOf = ({ before, read }: KeyField) => {
      const value = read(key);
      return before + (typeof value === "string" ? this.encode.text(value) : String(value));
    };
    const runs = this.#runs.map((run) => Buffer.from(run.map(textOf).join("")));
    this.#known.set(key, runs);
    return runs;
  }

  #find(headers: Headers): void {
    const [found, wanted, hasLength] = [this.#found, this.#wanted, this.#hasLength];
    for (let at = 0; at < found.length; at++) found[at] = "";
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!;
      if (hasLength[name.length] !== true) continue;
      for (let at = 0; at < wanted.length; at++) {
        if (wanted[at] === name) found[at] = headers[i + 1]!;
      }
    }
  }
}
