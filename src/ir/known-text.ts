// What a field could have been called, for a message.

// A message is read, not searched.
const SHOWN_MAX = 20;

// Undefined where there is nothing to tell.
export function knownText(names: readonly string[]): string | undefined {
  if (names.length === 0) return undefined;
  const rest = names.length > SHOWN_MAX ? ", ..." : ".";
  return `Known here: ${names.slice(0, SHOWN_MAX).join(", ")}${rest}`;
}
