// What SQLite complains about, in words for people. https://www.sqlite.org/rescode.html

const REASONS: ReadonlyMap<number, string> = new Map([
  [5, "another process has it open"],
  [8, "it may not be written"],
  [10, "the disk failed to read or write it"],
  [11, "the file is damaged"],
  [13, "the disk is full"],
  [14, "it cannot be opened"],
  [23, "it may not be used"],
  [26, "the file is no SQLite database"],
]);
const DAMAGED: readonly number[] = [11, 26];

export function sqliteReason(error: unknown): string {
  const known = REASONS.get(codeOf(error));
  if (known !== undefined) return known;
  return error instanceof Error ? error.message : String(error);
}

// It won't get better by waiting.
export function isDamaged(error: unknown): boolean {
  return DAMAGED.includes(codeOf(error));
}

// The extended codes have the plain one in their lowest byte.
function codeOf(error: unknown): number {
  if (typeof error !== "object" || error === null || !("errcode" in error)) return -1;
  return typeof error.errcode === "number" ? error.errcode & 0xff : -1;
}
