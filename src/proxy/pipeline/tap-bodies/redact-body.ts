// What of a body may be shown: by what documents allow, by what it is said to be, and by how it
// looks, since types are often wrong. In doubt nothing is.

import type { TapBodies } from "#snapshot/tap-plan.ts";
import { type BodyKind, bodyKind } from "./body-kind.ts";
import { looksLikeForm, redactForm } from "./redact-form.ts";
import { looksLikeJson, redactJson } from "./redact-json.ts";
import type { Redacted } from "./redacted.ts";
import type { SecretNames } from "./secret-names.ts";

export type SentBody = {
  readonly bytes: Uint8Array; // the first of them
  readonly isWhole: boolean; // no more followed
  readonly contentType: string;
  readonly contentEncoding: string; // "" for none
};

// "forbidden": no document allows it. "encoded", "unreadable": its secrets can't be found.
export type ShownBody =
  | ({ readonly kind: "text" } & Redacted)
  | { readonly kind: "bytes" }
  | { readonly kind: "withheld"; readonly reason: "forbidden" | "encoded" | "unreadable" };

export function redactBody(sent: SentBody, allowed: TapBodies, names: SecretNames): ShownBody {
  const isEncoded = !["", "identity"].includes(sent.contentEncoding.trim().toLowerCase());
  const kind = bodyKind(sent.contentType);
  const isNamed = kind === "json" || kind === "form";
  if (!isAllowed(kind, isEncoded, allowed)) return withheld("forbidden");
  if (isEncoded) return isNamed ? withheld("encoded") : { kind: "bytes" };
  const text = textOf(sent);
  if (text !== undefined) return { kind: "text", ...redactText(text, kind, names) };
  if (isNamed) return withheld("unreadable");
  return allowed === "all" ? { kind: "bytes" } : withheld("unreadable");
}

function isAllowed(kind: BodyKind, isEncoded: boolean, allowed: TapBodies): boolean {
  switch (allowed) {
    case "all":
      return true;
    case "text":
      return kind !== "binary" && (kind !== "text" || !isEncoded);
    case "structured":
      return kind === "json" || kind === "form";
    default:
      // "none", and whatever a newer control plane may say.
      return false;
  }
}

function redactText(text: string, kind: BodyKind, names: SecretNames): Redacted {
  // A form may be JSON that curl calls a form; JSON is never a form.
  if (kind === "json" || looksLikeJson(text)) return redactJson(text, names);
  if (kind === "form" || looksLikeForm(text)) return redactForm(text, names);
  return { text, isCut: false };
}

// Undefined: it isn't UTF-8. A character that is cut off at the end is left out.
function textOf({ bytes, isWhole }: SentBody): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes, { stream: !isWhole });
  } catch {
    return undefined;
  }
}

function withheld(reason: "forbidden" | "encoded" | "unreadable"): ShownBody {
  return { kind: "withheld", reason };
}
