// Which words a field may be, for a message.

export function oneOf(names: readonly string[]): string {
  return names.length === 1 ? `"${names[0]}"` : `one of ${names.join(", ")}`;
}
