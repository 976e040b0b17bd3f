// Hot path.
//
// Which trace a request belongs to, by its headers: W3C's, else Zipkin's B3 in either form.
// https://www.w3.org/TR/trace-context/, https://github.com/openzipkin/b3-propagation

import type { Headers } from "#proxy/exchange/heads.ts";

export class TraceContext {
  // "" where there is none.
  traceId = "";
  parentId = "";
  // Undefined: nobody has decided.
  isSampled: boolean | undefined;
  // Whether any header is of a trace, sound or not.
  isThere = false;
  // W3C's says that it isn't sampled: nothing of it was read, for it goes on as it is.
  isLeftAlone = false;

  // Reused: what it says holds until the next.
  read(headers: Headers): void {
    this.traceId = "";
    this.parentId = "";
    this.isSampled = undefined;
    this.isThere = false;
    this.isLeftAlone = false;
    let b3 = "";
    let trace = "";
    let span = "";
    for (let i = 0; i < headers.length; i += 2) {
      const name = headers[i]!;
      const value = headers[i + 1]!;
      const first = name.charCodeAt(0);
      if (first === T && name === "traceparent") {
        this.isThere = true;
        if (this.#readTraceparent(value)) return;
      } else if (first === B && name === "b3") {
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
    if (!isTraceparent(value)) return false;
    this.isSampled = (HEX_VALUES[value.charCodeAt(FLAGS_END - 1)]! & 1) === 1;
    this.isLeftAlone = !this.isSampled;
    if (this.isLeftAlone) return true;
    this.traceId = own(value.slice(TRACE_AT, TRACE_AT + 32));
    this.parentId = own(value.slice(SPAN_AT, SPAN_AT + 16));
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
    this.traceId = own(trace.toLowerCase().padStart(32, "0"));
    this.parentId = own(span.toLowerCase());
  }
}

const T = 0x74;
const B = 0x62;
const X = 0x78;
const DASH = 0x2d;
const [TRACE_AT, TRACE_END, SPAN_AT, SPAN_END, FLAGS_AT, FLAGS_END] = [3, 35, 36, 52, 53, 55];
// Lower-case digits only; 16 for all that is none.
const NO_DIGIT = 16;
const HEX_VALUES = Uint8Array.from({ length: 128 }, (_, unit) => {
  const value = "0123456789abcdef".indexOf(String.fromCharCode(unit));
  return value < 0 ? NO_DIGIT : value;
});
const ID = /^(?:[0-9a-fA-F]{16}|[0-9a-fA-F]{32})$/;
const SPAN = /^[0-9a-fA-F]{16}$/;

// VERSION-TRACE-SPAN-FLAGS; ids of zeros are none, and what a later version adds follows. By hand:
// a regular expression takes three times as long, on each request.
function isTraceparent(value: string): boolean {
  const { length } = value;
  if (length < FLAGS_END || (length > FLAGS_END && value.charCodeAt(FLAGS_END) !== DASH)) {
    return false;
  }
  const hasDashes =
    value.charCodeAt(TRACE_AT - 1) === DASH &&
    value.charCodeAt(SPAN_AT - 1) === DASH &&
    value.charCodeAt(FLAGS_AT - 1) === DASH;
  return (
    hasDashes &&
    anyOfDigits(value, 0, TRACE_AT - 1) >= 0 &&
    !value.startsWith("ff") &&
    anyOfDigits(value, TRACE_AT, TRACE_END) > 0 &&
    anyOfDigits(value, SPAN_AT, SPAN_END) > 0 &&
    anyOfDigits(value, FLAGS_AT, FLAGS_END) >= 0
  );
}

// -1 where any is no digit; 0 where all are 0.
function anyOfDigits(value: string, from: number, to: number): number {
  let any = 0;
  for (let i = from; i < to; i++) {
    const unit = value.charCodeAt(i);
    any |= unit < HEX_VALUES.length ? HEX_VALUES[unit]! : NO_DIGIT;
  }
  return any < NO_DIGIT ? any : -1;
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

// A string that was cut from a head would keep that head.
function own(text: string): string {
  return Buffer.from(text, "latin1").toString("latin1");
}
