// A form (application/x-www-form-urlencoded) without the values of secret names, as far as it goes.
// What has no name is not shown, and what no form has ends it: curl says of whatever it is given
// that it is a form.

import { looksLikeJson, redactJson } from "./redact-json.ts";
import { decoded, redactParameter } from "./redact-parameter.ts";
import { REDACTED, type Redacted } from "./redacted.ts";
import type { SecretNames } from "./secret-names.ts";

const NAME = /^[\w.*+%[\]:~@/;-]+$/;
const VALUE = /^[^\p{Cc}]*$/u;

export function redactForm(text: string, names: SecretNames): Redacted {
  const shown: string[] = [];
  for (const part of text.trimEnd().split("&")) {
    const equals = part.indexOf("=");
    const isNamed = equals > 0 && NAME.test(part.slice(0, equals));
    const isForm = isNamed ? VALUE.test(part.slice(equals + 1)) : NAME.test(part) || part === "";
    if (!isForm) return { text: shown.join("&"), isCut: true };
    shown.push(isNamed ? redactPart(part, equals, names) : part && REDACTED);
  }
  return { text: shown.join("&"), isCut: false };
}

// It may be a form, whatever it is said to be.
export function looksLikeForm(text: string): boolean {
  const equals = text.indexOf("=");
  return equals > 0 && NAME.test(text.slice(0, equals)) && !/\s/.test(text.trim());
}

function redactPart(part: string, equals: number, names: SecretNames): string {
  const redacted = redactParameter(part, names);
  const value = decoded(part.slice(equals + 1));
  if (redacted !== part || !looksLikeJson(value)) return redacted;
  const { text, isCut } = redactJson(value, names);
  const whole = isCut ? `${text}${REDACTED}` : text;
  return `${part.slice(0, equals + 1)}${encodeURIComponent(whole)}`;
}
