// Hot path.
//
// Which trace a request belongs to, by its headers: W3C's, else Zipkin's B3 in either form.
// https://www.w3.org/TR/trace-context/, https://github.com/openzipkin/b3-propagation

import type { Headers } from "#proxy/exchange/heads.ts";
import { HeaderPlace } from "./header-place.ts";
import { isSampled } from "./is-sampled.ts";

export class TraceContext {
  // "" where there is none.
  traceId = "";
  parentId = "";
  // Undefined: nobody has decided.
  isSampled: boolean | undefined;
  // Whether any header is of a trace, sound or not.
  isThere = false;
  // W3C's says that it isn't sampled: it goes on as it is, and nothing else was read.
  isLeftAlone = false;
  readonly #traceparent = new HeaderPlace("traceparent");

  // Reused: what it says holds until the next.
  read(headers: Headers): void {
    const at = this.#traceparent.in(headers);
    const value = at < 0 ? "" : headers[at + 1]!;
    this.isLeftAlone = isUnsampled(value);
    if (this.isLeftAlone) return;
    this.traceId = "";
    this.parentId = "";
    this.isSampled = undefined;
    this.isThere = at >= 0;
    if (at < 0 || !this.#readTraceparent(value)) this.#readB3s(headers);
  }

  #readB3s(headers: Headers): void {
    let b3 = "";
    let trace = "";
    let span = "";
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!;
      const value = headers[i + 1]!;
      const first = name.charCodeAt(0);
      if (first === B && name === "b3") {
        this.isThere = true;
        b3 = value;
      } else if (first === X && name.startsWith("x-b3-")) {
        this.isThere = true;
        if (name === "x-b3-traceid") trace = value;
        else if (name === "x-b3-spanid") span = value;
        else if (name === "x-b3-sampled") this.isSampled = flagOf(value);
        else if (name === "x-b3-flags" && value === "1") this.isSampled = true;
      }
    }
    if (b3 !== "") this.#readB3(b3);
    else if (trace !== "") this.#take(trace, span);
  }

  #readTraceparent(value: string): boolean {
    if (!TRACEPARENT.test(value)) return false;
    this.isSampled = isSampled(value);
    this.isLeftAlone = !this.isSampled;
    if (this.isLeftAlone) return true;
    this.traceId = value.slice(TRACE_AT, TRACE_AT + 32);
    this.parentId = value.slice(SPAN_AT, SPAN_AT + 16);
    return true;
  }

  // "0", or trace-span, trace-span-sampled, trace-span-sampled-parent.
  #readB3(value: string): void {
    const [trace = "", span = "", sampled] = value.split("-", 4);
    this.isSampled = flagOf(span === "" ? trace : (sampled ?? ""));
    if (span !== "") this.#take(trace, span);
  }

  #take(trace: string, span: string): void {
    if (!ID.test(trace) || !SPAN.test(span)) return;
    this.traceId = trace.toLowerCase().padStart(32, "0");
    this.parentId = span.toLowerCase();
  }
}

const B = 0x62;
const X = 0x78;
const ZERO = 0x30;
const DASH = 0x2d;
// VERSION-TRACE-SPAN-FLAGS; ids of zeros are none, and what a later version adds follows.
const TRACEPARENT =
  /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:$|-)/;
const [TRACE_AT, SPAN_AT, FLAGS_END] = [3, 36, 55];
const ID = /^(?:[0-9a-fA-F]{16}|[0-9a-fA-F]{32})$/;
const SPAN = /^[0-9a-fA-F]{16}$/;

// Whoever says so is believed, whatever else it says: most requests are looked at no further.
function isUnsampled(value: string): boolean {
  return (
    value.length === FLAGS_END &&
    value.charCodeAt(FLAGS_END - 1) === ZERO &&
    value.charCodeAt(FLAGS_END - 2) === ZERO &&
    value.charCodeAt(FLAGS_END - 3) === DASH
  );
}

function flagOf(text: string): boolean | undefined {
  switch (text) {
    case "1":
    case "d": // debug
    case "true":
      return true;
    case "0":
    case "false":
      return false;
    default:
      return undefined;
  }
}
