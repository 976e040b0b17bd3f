// What to do about a YAML error, in plain words, by the library's error code.

const REMEDIES: ReadonlyMap<string, string> = new Map([
  ["TAB_AS_INDENT", "Indent with spaces: YAML allows no tabs there."],
  ["BAD_INDENT", "Line it up with the lines above it, and close every bracket."],
  ["MISSING_CHAR", "Close the quote or bracket that was opened before."],
  ["UNEXPECTED_TOKEN", "Remove it, or put the text in quotes."],
  ["BLOCK_AS_IMPLICIT_KEY", "Give the line the indentation of its neighbours."],
  ["MULTILINE_IMPLICIT_KEY", "Put a colon after the key, on the same line."],
  ["BAD_DQ_ESCAPE", "Double the backslash, or use single quotes."],
  ["BAD_SCALAR_START", "Put the text in quotes: it begins with a reserved character."],
  ["COMMENT_SPACE", 'Put a space before "#", or the text in quotes.'],
  ["RESOURCE_EXHAUSTION", "Nest less deeply."],
]);

export function yamlRemedy(code: string): string {
  return REMEDIES.get(code) ?? "Repair the line, or the one before it.";
}
