// Hot path.
//
// Values as a line has them. Nearly all texts are printable ASCII without quotes, and stay as they
// are; every other is JSON, with what a terminal or a reader of lines may obey escaped.

import { harmlessText } from "#base/harmless-text.ts";
import { LIMITS } from "#base/limits.ts";
import { jsonString } from "./json-string.ts";

export type Encoder = {
  readonly none: string;
  // "": there is none.
  text(value: string): string;
  // Known to be harmless.
  plain(value: string): string;
};

const CLEAN = /^[ !#-[\]-~]*$/;
const WORD = /^[!#-[\]-~]+$/;

const JSON_ENCODER: Encoder = {
  none: "null",
  text(value) {
    if (value === "") return "null";
    if (value.length > LIMITS.accessLogTextMax) return quoted(cut(value));
    return CLEAN.test(value) ? `"${value}"` : quoted(value);
  },
  plain: (value) => `"${value}"`,
};

// As Envoy writes what there is none of.
const TEXT_ENCODER: Encoder = {
  none: "-",
  text(value) {
    if (value === "") return "-";
    if (value.length > LIMITS.accessLogTextMax) return quoted(cut(value));
    return WORD.test(value) ? value : quoted(value);
  },
  plain: (value) => value,
};

export function encoderOf(format: "json" | "text"): Encoder {
  return format === "json" ? JSON_ENCODER : TEXT_ENCODER;
}

function quoted(text: string): string {
  return harmlessText(jsonString(text));
}

function cut(text: string): string {
  return `${text.slice(0, LIMITS.accessLogTextMax)}...`;
}
