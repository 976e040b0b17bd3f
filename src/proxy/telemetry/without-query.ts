// Hot path.
//
// A path without its query: what stands behind the question mark is often nobody's business.

export function withoutQuery(path: string): string {
  const at = path.indexOf("?");
  return at < 0 ? path : path.slice(0, at);
}
