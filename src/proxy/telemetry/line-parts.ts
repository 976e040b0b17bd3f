// What a plan's lines are made of: parts, each of what is usual and of a new value behind it.

import type { AccessLogField, AccessLogPlan } from "#snapshot/access-log-plan.ts";
import { BY_HEADER, type NewField, USUAL_FIELDS } from "./access-fields.ts";
import { type Encoder, encoderOf } from "./access-value.ts";
import { HeaderPlace } from "./header-place.ts";
import { usualHeader } from "./usual.ts";
import { type TextOf, UsualRun } from "./usual-run.ts";
import { WallTimes } from "./wall-times.ts";

export type Part = {
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

export class LineParts {
  readonly encode: Encoder;
  readonly all: Part[] = [];
  // What `start_time` says, with what stands before it and after.
  times = new WallTimes("", "");
  // Those of which a UsualRun's `headers` are the values.
  readonly usualHeaders: HeaderPlace[] = [];
  readonly #isJson: boolean;
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
      this.times = new WallTimes(this.#before(field) + quote, `Z${quote}`);
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
    const at = this.usualHeaders.push(place) - 1;
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
    this.all.push({ usual, kind: KINDS[says], says, header });
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
}
