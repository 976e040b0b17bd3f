// Reads the fields of a document and remembers which, so that nothing in it is passed over in
// silence: what was asked for and doesn't fit is WEFT106, what nobody asked for is WEFT105, what we
// know and don't support is WEFT104; each with its path and position.
//
// Reading is total. A value of the wrong shape reads as an empty, muted reader that is not sound:
// the translation goes on, complains once, and whoever must not guess (a match, a backend) asks
// `isSound` and leaves the thing out.

import type { Diagnostic, DiagnosticCode, Severity } from "./diagnostic.ts";
import type { Document, FieldPath, Json, JsonObject, Labels } from "./document.ts";
import { fieldPathText } from "./field-path.ts";
import { isJsonObject } from "./json-object.ts";
import { jsonText } from "./json-text.ts";
import { nearestName } from "./nearest-name.ts";
import { oneOf } from "./one-of.ts";
import { type Origin, refText } from "./origin.ts";
import { unknownField } from "./unknown-field.ts";

export type Finding = {
  readonly severity: Severity;
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly remedy?: string | undefined;
};

type Place = {
  readonly document: Document;
  readonly diagnostics: Diagnostic[];
  readonly path: FieldPath;
  readonly parent: FieldReader | undefined;
  readonly isMuted: boolean;
};

const ENVELOPE = ["apiVersion", "kind", "metadata", "status"];

// What holds meanwhile is the discovery's part: see `discover`.
const CORRECT_IT = "Correct the value; until then the object's last accepted state goes on";

export class FieldReader {
  readonly #place: Place;
  readonly #value: JsonObject;
  readonly #known = new Set<string>();
  readonly #children: FieldReader[] = [];
  #errors = 0;
  #isFinished = false;

  private constructor(value: JsonObject, place: Place) {
    this.#value = value;
    this.#place = place;
    if (place.isMuted) this.#errors = 1;
  }

  // The whole object. `finish()` on it, at the end, is what keeps the promise above.
  static of(document: Document, diagnostics: Diagnostic[]): FieldReader {
    const place = { document, diagnostics, path: [], parent: undefined, isMuted: false };
    const reader = new FieldReader(document.object, place);
    reader.accept(...ENVELOPE);
    return reader;
  }

  // No error so far, here or further in.
  get isSound(): boolean {
    return this.#errors === 0;
  }

  get origin(): Origin {
    const { document, path } = this.#place;
    return { ref: document.origin.ref, position: document.position(path) };
  }

  // Of a map whose names are the user's own.
  get names(): readonly string[] {
    return Object.keys(this.#value);
  }

  has(name: string): boolean {
    return this.#own(name) !== undefined;
  }

  // ---- values ---------------------------------------------------------------------------------

  text(name: string, expected = "text"): string | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === "string") return value;
    const isPlain = typeof value === "number" || typeof value === "boolean";
    this.invalid(name, expected, isPlain ? `Put it in quotes: "${value}".` : undefined);
    return undefined;
  }

  choice<Name extends string>(name: string, names: readonly Name[]): Name | undefined {
    const value = this.#take(name);
    const found = names.find((each) => each === value);
    if (value === undefined || found !== undefined) return found;
    const near = typeof value === "string" ? nearestName(value, names) : undefined;
    this.invalid(name, oneOf(names), near === undefined ? undefined : `Did you mean "${near}"?`);
    return undefined;
  }

  integer(name: string, least: number, most: number): number | undefined {
    const value = this.#take(name);
    if (value === undefined) return undefined;
    const fits = Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
    if (fits) return value as number;
    this.invalid(name, `a whole number from ${least} to ${most}`);
    return undefined;
  }

  // Bad items are left out, and reported.
  integers(name: string, least: number, most: number): readonly number[] {
    const value = this.#take(name) ?? [];
    if (!Array.isArray(value)) this.invalid(name, "a list of numbers");
    return (Array.isArray(value) ? value : []).filter((item: Json, i): item is number => {
      const fits = Number.isInteger(item) && (item as number) >= least && (item as number) <= most;
      if (!fits) this.invalidAt([name, i], item, `a whole number from ${least} to ${most}`);
      return fits;
    });
  }

  flag(name: string): boolean | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === "boolean") return value;
    this.invalid(name, "true or false");
    return undefined;
  }

  // Bad items are left out, and reported.
  texts(name: string): readonly string[] {
    const value = this.#take(name);
    if (value === undefined) return [];
    if (!Array.isArray(value)) {
      this.invalid(name, "a list of texts");
      return [];
    }
    return value.filter((item: Json, i): item is string => {
      if (typeof item === "string") return true;
      this.invalidAt([name, i], item, "text", "Put it in quotes.");
      return false;
    });
  }

  textMap(name: string): Labels {
    const texts = new Map<string, string>();
    const value = this.#take(name);
    if (value === undefined) return texts;
    if (!isJsonObject(value)) this.invalid(name, "a map from names to texts");
    else {
      for (const [key, item] of Object.entries(value)) {
        if (typeof item === "string") texts.set(key, item);
        else this.invalidAt([name, key], item, "text", "Put it in quotes.");
      }
    }
    return texts;
  }

  // A number or a text, as in targetPort.
  scalar(name: string): number | string | undefined {
    const value = this.#take(name);
    if (value === undefined || typeof value === "number" || typeof value === "string") return value;
    this.invalid(name, "a number or a text");
    return undefined;
  }

  // ---- further in -----------------------------------------------------------------------------

  object(name: string): FieldReader | undefined {
    const value = this.#take(name);
    return value === undefined ? undefined : this.#child([name], value);
  }

  // One that is absent reads as empty.
  inside(name: string): FieldReader {
    return this.object(name) ?? this.#child([name], {});
  }

  // A list of objects. What is no list is one item that isn't sound.
  list(name: string): readonly FieldReader[] {
    const value = this.#take(name);
    if (value === undefined) return [];
    if (Array.isArray(value)) return value.map((item: Json, i) => this.#child([name, i], item));
    this.invalid(name, "a list", "Put a dash before each item.");
    return [this.#add(new FieldReader({}, this.#at([name], true)))];
  }

  // A map from names to objects; null stands for an empty one.
  objectMap(name: string): readonly (readonly [name: string, reader: FieldReader])[] {
    const value = this.#take(name);
    if (value === undefined) return [];
    if (isJsonObject(value)) {
      const entries = Object.entries(value);
      return entries.map(([key, item]) => [key, this.#child([name, key], item ?? {})] as const);
    }
    this.invalid(name, "a map from names to objects");
    return [["", this.#add(new FieldReader({}, this.#at([name], true)))]];
  }

  // ---- what isn't read ------------------------------------------------------------------------

  // Fields that mean nothing here, and are right to stand in the document.
  accept(...names: readonly string[]): void {
    for (const name of names) this.#known.add(name);
  }

  // WEFT104 for each of them that is there. `consequence`: what happens instead.
  unsupported(severity: Severity, consequence: string, ...names: readonly string[]): void {
    for (const name of names) {
      if (this.#take(name) === undefined) continue;
      this.report([name], { severity, code: "WEFT104", message: `Not supported: ${consequence}` });
    }
  }

  require(name: string, expected: string, remedy?: string): void {
    this.#known.add(name);
    if (!this.has(name)) this.invalid(name, expected, remedy);
  }

  invalid(name: string, expected: string, remedy?: string): void {
    this.invalidAt([name], this.#own(name), expected, remedy);
  }

  invalidAt(
    path: FieldPath,
    found: Json | undefined,
    expected: string,
    remedy: string = CORRECT_IT,
  ): void {
    const message = `Found ${jsonText(found)}, must be ${expected}`;
    this.report(path, { severity: "error", code: "WEFT106", message, remedy });
  }

  // `path` starts here.
  report(path: FieldPath, { severity, code, message, remedy }: Finding): void {
    if (severity === "error") this.#countError();
    const { document, diagnostics, isMuted } = this.#place;
    if (isMuted) return;
    const whole = [...this.#place.path, ...path];
    const field = whole.length === 0 ? undefined : fieldPathText(whole);
    const position = document.position(whole);
    const { ref } = document.origin;
    const text = `${refText(ref)}: ${message}`;
    diagnostics.push({ severity, code, message: text, remedy, ref, field, position });
  }

  // Reports what nobody asked for, here and further in, and says whether everything was sound.
  finish(): boolean {
    if (this.#isFinished) return this.isSound;
    this.#isFinished = true;
    for (const name of Object.keys(this.#value)) {
      if (!this.#known.has(name)) this.#reportUnknown(name);
    }
    for (const child of this.#children) child.finish();
    return this.isSound;
  }

  #reportUnknown(name: string): void {
    this.report([name], unknownField(name, this.#known, ENVELOPE));
  }

  #child(path: FieldPath, value: Json): FieldReader {
    const isObject = isJsonObject(value);
    if (!isObject) this.invalidAt(path, value, "an object");
    const place = this.#at(path, !isObject);
    return this.#add(new FieldReader(isObject ? value : {}, place));
  }

  #add(child: FieldReader): FieldReader {
    this.#children.push(child);
    return child;
  }

  #at(path: FieldPath, isMuted: boolean): Place {
    const muted = isMuted || this.#place.isMuted;
    return { ...this.#place, path: [...this.#place.path, ...path], parent: this, isMuted: muted };
  }

  #countError(): void {
    this.#errors++;
    const { parent } = this.#place;
    if (parent) parent.#countError();
  }

  #take(name: string): Json | undefined {
    this.#known.add(name);
    return this.#own(name);
  }

  // Kubernetes reads null as absent.
  #own(name: string): Json | undefined {
    return Object.hasOwn(this.#value, name) ? (this.#value[name] ?? undefined) : undefined;
  }
}
