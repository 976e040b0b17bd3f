// Values as a line has them. Nearly all texts are printable ASCII without quotes, and stay as they
// are; every other is JSON, with what a terminal or a reader of lines may obey escaped.

import { harmlessText } from "#base/harmless-text.ts";
import { LIMITS } from "#base/limits.ts";
import { jsonString } from "./json-string.ts";

export type Encoder = {
  // By code unit up to 255: 1 for those that stay as they are; all others are escaped.
  readonly clean: Uint8Array;
  // Whether what is clean stands between quotes.
  readonly isQuoted: boolean;
  // What stands where there is none.
  readonly none: Uint8Array;
  // "": there is none.
  text(value: string): string;
};

const UNITS = 256;
const CLEAN = unitsOf(/[ !#-[\]-~]/);
const WORD = unitsOf(/[!#-[\]-~]/);

const JSON_ENCODER: Encoder = {
  clean: CLEAN,
  isQuoted: true,
  none: Buffer.from("null"),
  text: (value) => (value === "" ? "null" : quoted(cut(value))),
};

// As Envoy writes what there is none of.
const TEXT_ENCODER: Encoder = {
  clean: WORD,
  isQuoted: false,
  none: Buffer.from("-"),
  text(value) {
    if (value === "") return "-";
    const isCut = value.length > LIMITS.accessLogTextMax;
    return !isCut && isOf(WORD, value) ? value : quoted(cut(value));
  },
};

export function encoderOf(format: "json" | "text"): Encoder {
  return format === "json" ? JSON_ENCODER : TEXT_ENCODER;
}

function unitsOf(units: RegExp): Uint8Array {
  return Uint8Array.from({ length: UNITS }, (_, unit) =>
    Number(units.test(String.fromCharCode(unit))),
  );
}

function isOf(clean: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (clean[text.charCodeAt(i)] !== 1) return false;
  return true;
}

function quoted(text: string): string {
  return harmlessText(jsonString(text));
}

function cut(text: string): string {
  const { accessLogTextMax } = LIMITS;
  return text.length > accessLogTextMax ? `${text.slice(0, accessLogTextMax)}...` : text;
}
