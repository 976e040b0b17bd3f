// Hot path.
//
// The text of one line. Names and meanings are Envoy's where it has the field
// (https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage).
//
// Whatever a peer has sent stands inside a JSON string, escaped: it ends no line, begins no field
// and steers no terminal. Long texts are cut. What series have in common is written once for each;
// of headers those that are wanted are found in one pass.

import type { Headers } from "#proxy/exchange/heads.ts";
import type { AccessLogField, AccessLogPlan } from "#snapshot/access-log-plan.ts";
import type { SeriesKey } from "#snapshot/report.ts";
import type { AccessEntry } from "./access-entry.ts";
import { type Encoder, encoderOf } from "./access-value.ts";
import { flagOf } from "./series-labels.ts";
import { WallTimes } from "./wall-times.ts";

// `offsetMs`: from the monotonic to the wall clock.
export type AccessLine = (entry: AccessEntry, offsetMs: number) => string;

export function accessLine(plan: AccessLogPlan): AccessLine {
  const maker = new LineMaker(plan);
  return (entry, offsetMs) => maker.line(entry, offsetMs);
}

const BY_KEY: Readonly<Partial<Record<AccessLogField, (key: SeriesKey) => string | boolean>>> = {
  reporter: (key) => key.reporter,
  source: (key) => nameOf(key.sourceNamespace, key.sourceWorkload),
  source_principal: (key) => key.sourceIdentity,
  destination: (key) => nameOf(key.destinationNamespace, key.destinationWorkload),
  destination_principal: (key) => key.destinationIdentity,
  service: (key) => nameOf(key.destinationServiceNamespace, key.destinationService),
  route: (key) => key.route,
  backend: (key) => key.backend,
  mutual_tls: (key) => key.isMutualTls,
};

const BY_HEADER: Readonly<Partial<Record<AccessLogField, string>>> = {
  request_id: "x-request-id",
  trace_id: "traceparent",
  user_agent: "user-agent",
  x_forwarded_for: "x-forwarded-for",
};

type Piece = (maker: LineMaker, entry: AccessEntry) => string;

class LineMaker {
  readonly encode: Encoder;
  readonly times = new WallTimes();
  offsetMs = 0;
  // Of the entry at hand: by key field, and by wanted header.
  keyTexts: readonly string[] = [];
  readonly found: string[] = [];
  readonly #end: string;
  readonly #before: string[] = [];
  readonly #pieces: Piece[] = [];
  readonly #keyFields: ((key: SeriesKey) => string | boolean)[] = [];
  readonly #wanted: string[] = [];
  readonly #hasLength: boolean[] = [];
  readonly #known = new WeakMap<SeriesKey, readonly string[]>();
  readonly #unknown: readonly string[];

  constructor({ format, fields, headers }: AccessLogPlan) {
    const isJson = format === "json";
    this.encode = encoderOf(format);
    this.#end = isJson ? "}\n" : "\n";
    const add = (name: string, piece: Piece) => {
      const isFirst = this.#pieces.length === 0;
      if (isJson) this.#before.push(`${isFirst ? "{" : ","}${this.encode.text(name)}:`);
      else this.#before.push(isFirst ? "" : " ");
      this.#pieces.push(piece);
    };
    for (const field of fields) add(field, this.#pieceOf(field));
    for (const name of headers) add(name, this.#headerPiece(name));
    this.#unknown = this.#keyFields.map(() => this.encode.none);
  }

  line(entry: AccessEntry, offsetMs: number): string {
    this.offsetMs = offsetMs;
    if (this.#keyFields.length > 0) this.keyTexts = this.#textsOf(entry.key);
    if (this.#wanted.length > 0) this.#find(entry.head.headers);
    let line = "";
    const pieces = this.#pieces;
    for (let i = 0; i < pieces.length; i++) line += this.#before[i]! + pieces[i]!(this, entry);
    return line + this.#end;
  }

  #pieceOf(field: AccessLogField): Piece {
    const byKey = BY_KEY[field];
    if (byKey) {
      const at = this.#keyFields.push(byKey) - 1;
      return (maker) => maker.keyTexts[at]!;
    }
    const header = BY_HEADER[field];
    return header === undefined ? OWN[field]! : this.#headerPiece(header);
  }

  #headerPiece(name: string): Piece {
    const at = this.#wanted.push(name) - 1;
    this.#hasLength[name.length] = true;
    this.found.push("");
    if (name === "traceparent") return (maker) => maker.encode.text(maker.found[at]!.slice(3, 35));
    return (maker) => maker.encode.text(maker.found[at]!);
  }

  #textsOf(key: SeriesKey | undefined): readonly string[] {
    if (key === undefined) return this.#unknown;
    const known = this.#known.get(key);
    if (known) return known;
    const texts = this.#keyFields.map((read) => {
      const value = read(key);
      return typeof value === "string" ? this.encode.text(value) : String(value);
    });
    this.#known.set(key, texts);
    return texts;
  }

  #find(headers: Headers): void {
    const { found } = this;
    const wanted = this.#wanted;
    found.fill("");
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!;
      if (this.#hasLength[name.length] !== true) continue;
      for (let at = 0; at < wanted.length; at++) {
        if (wanted[at] === name) found[at] = headers[i + 1]!;
      }
    }
  }
}

const OWN: Readonly<Partial<Record<AccessLogField, Piece>>> = {
  start_time: ({ times, encode, offsetMs }, { startedMs }) =>
    encode.plain(times.text(startedMs + offsetMs)),
  method: ({ encode }, { head }) => encode.text(head.method),
  // What stands behind the question mark is often nobody's business: a field of its own.
  path: ({ encode }, { head: { path } }) => {
    const at = path.indexOf("?");
    return encode.text(at < 0 ? path : path.slice(0, at));
  },
  query: ({ encode }, { head: { path } }) => {
    const at = path.indexOf("?");
    return encode.text(at < 0 ? "" : path.slice(at + 1));
  },
  authority: ({ encode }, { head }) => encode.text(head.authority),
  response_code: (_, { status }) => String(status),
  response_flags: ({ encode }, { cause }) => encode.plain(flagOf(cause)),
  cause: ({ encode }, { cause }) => encode.text(cause),
  grpc_status: ({ encode }, { grpcStatus }) => encode.text(grpcStatus),
  bytes_received: (_, { bytesReceived }) => String(bytesReceived),
  bytes_sent: (_, { bytesSent }) => String(bytesSent),
  duration: (_, { durationMs }) => tenths(durationMs),
  first_byte: (_, { firstByteMs }) => tenths(firstByteMs),
  attempts: (_, { attempts }) => String(attempts),
  upstream_host: ({ encode }, { endpoint }) => encode.text(endpoint),
};

function nameOf(namespace: string, name: string): string {
  return name === "" ? "" : `${namespace}/${name}`;
}

// Milliseconds; from a fraction's own text to that of two whole numbers it is a fifth of the time.
function tenths(ms: number): string {
  const all = Math.round(ms * 10);
  const rest = all % 10;
  return rest === 0 ? String(all / 10) : `${(all - rest) / 10}.${rest}`;
}
