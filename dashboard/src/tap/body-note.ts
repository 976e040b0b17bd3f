// What there is to say of a body besides what it says itself.

import type { TappedBody, TappedWithheld } from "#api/tap.ts";

const REASONS = {
  forbidden: "no document allows bodies of this type (spec.tap.bodies of the MeshConfig)",
  encoded: "compressed, so that secrets in it can't be found",
  unreadable: "what follows is not what it is said to be, so that secrets in it can't be found",
  busy: "too many bodies at once",
  upgrade: "a conversation, of which nothing is kept",
  unsent: "the mesh answered, and nobody was asked",
} as const satisfies Record<TappedWithheld, string>;

export function bodyNote(body: TappedBody): string {
  const { size, type, encoding, text, base64, truncated, unfinished, withheld } = body;
  if (size === 0) return "none";
  const isShown = text !== undefined || base64 !== undefined;
  const marks = [
    `${size} bytes`,
    type,
    encoding,
    base64 === undefined ? "" : "as base64",
    truncated && isShown ? "cut off" : "",
    unfinished ? "it broke off" : "",
    withheld ? `${isShown ? "" : "left out: "}${REASONS[withheld]}` : "",
  ];
  return marks.filter((mark) => mark !== "").join(", ");
}
