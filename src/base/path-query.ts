// Hot path.
//
// A path with its query, or a URL, as its two parts. What stands behind the question mark is often
// nobody's business.

export function withoutQuery(path: string): string {
  const at = path.indexOf("?");
  return at < 0 ? path : path.slice(0, at);
}

// "" where there is none.
export function queryOf(path: string): string {
  const at = path.indexOf("?");
  return at < 0 ? "" : path.slice(at + 1);
}
