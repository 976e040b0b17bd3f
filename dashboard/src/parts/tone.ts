// How well something goes, by its share of successes: what the glyphs and colours go by.

export type Tone = "good" | "warn" | "bad" | "none";

export function toneOf(successRate: number | null): Tone {
  if (successRate === null) return "none";
  if (successRate >= 0.999) return "good";
  return successRate >= 0.99 ? "warn" : "bad";
}
