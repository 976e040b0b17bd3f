// A share of successes; a sign beside it says the same as its colour.

import { shareText } from "#dashboard/text/share-text.ts";
import { type Tone, toneOf } from "./tone.ts";

const SIGNS = {
  good: ["", ""],
  none: ["", ""],
  warn: ["▲", "some requests fail"],
  bad: ["◆", "many requests fail"],
} as const satisfies Record<Tone, readonly [sign: string, meaning: string]>;

export function Success({ rate }: { readonly rate: number | null }) {
  const tone = toneOf(rate);
  const [sign, meaning] = SIGNS[tone];
  return (
    <span class={`success ${tone}`} title={meaning || undefined}>
      {sign && <span aria-hidden="true">{sign} </span>}
      {shareText(rate)}
    </span>
  );
}
