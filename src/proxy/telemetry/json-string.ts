// A text as JSON, for the rare one that needs it.

export function jsonString(text: string): string {
  return JSON.stringify(text);
}
