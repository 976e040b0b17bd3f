// A field's path as people write it: spec.http[0].match[1].headers["x-user.id"].

import type { FieldPath } from "./document.ts";

const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]*$/;

export function fieldPathText(path: FieldPath): string {
  let text = "";
  for (const step of path) {
    if (typeof step === "number") text += `[${step}]`;
    else if (!PLAIN.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}
