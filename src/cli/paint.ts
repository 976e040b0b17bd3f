// Colours, on a terminal only and not where NO_COLOR is set (no-color.org).

import type { Surroundings } from "./surroundings.ts";

const CODES = { green: 32, yellow: 33, red: 31, dim: 2 } as const;

export type Colour = keyof typeof CODES;

export function paint(
  { isTerminal, environment }: Pick<Surroundings, "isTerminal" | "environment">,
  colour: Colour,
  text: string,
): string {
  if (!isTerminal || environment["NO_COLOR"]) return text;
  return `\u001b[${CODES[colour]}m${text}\u001b[0m`;
}
