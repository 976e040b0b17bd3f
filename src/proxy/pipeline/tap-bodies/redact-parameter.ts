// One "name=value" of a form or a query, without the value where the name is secret. Some take ";"
// for what parts them, too: from a secret on nothing is shown.

import { REDACTED } from "./redacted.ts";
import type { SecretNames } from "./secret-names.ts";

export function redactParameter(parameter: string, names: SecretNames): string {
  let from = 0;
  for (const piece of parameter.split(";")) {
    const equals = piece.indexOf("=");
    if (equals >= 0 && names.hasParameter(decoded(piece.slice(0, equals)))) {
      return `${parameter.slice(0, from + equals + 1)}${REDACTED}`;
    }
    from += piece.length + 1;
  }
  return parameter;
}

// As much of it as is encoded well: who reads it leniently must not find a name that we overlook.
export function decoded(text: string): string {
  return text
    .replaceAll("+", " ")
    .replace(/%u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => {
      return Buffer.from(bytes.replaceAll("%", ""), "hex").toString("utf8");
    });
}
