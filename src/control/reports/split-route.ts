// "HTTPRoute bookshop/reviews 0" -> its name and its rule.

export function splitRoute(text: string): { readonly route: string; readonly rule: number } {
  const at = text.lastIndexOf(" ");
  const rule = Number(text.slice(at + 1));
  if (at < 0 || !Number.isInteger(rule)) return { route: text, rule: 0 };
  return { route: text.slice(0, at), rule };
}
