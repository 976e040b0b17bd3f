// The words of an expression in CEL (https://github.com/google/cel-spec, "Syntax"), as far as
// filters of access logs need them.

export type Token =
  | { readonly kind: "name" | "symbol"; readonly text: string }
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "number"; readonly value: number };

const SPACE = /[\t\n\f\r ]+/y;
const NAME = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /[0-9]+(?:\.[0-9]+)?/y;
const SYMBOL = /&&|\|\||[=!<>]=|[<>!()[\].,-]/y;
// Of one line; no raw texts and no bytes.
const TEXT = /"(?:[^"\\\r\n]|\\.)*"|'(?:[^'\\\r\n]|\\.)*'/y;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ...([..."\\'\"`?"] as const).map((each): [string, string] => [each, each]),
  ...([["n", "\n"] as const, ["r", "\r"] as const, ["t", "\t"] as const] as const),
]);

// A number: where something stands that is no word.
export function celTokens(source: string): readonly Token[] | number {
  const tokens: Token[] = [];
  let at = 0;
  while (at < source.length) {
    const space = wordAt(SPACE, source, at);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    const read = tokenAt(source, at);
    if (read === undefined) return at;
    tokens.push(read.token);
    at += read.length;
  }
  return tokens;
}

function tokenAt(source: string, at: number): { token: Token; length: number } | undefined {
  const name = wordAt(NAME, source, at);
  if (name !== undefined) {
    // r"..." and b"..." are texts with rules of their own.
    const isPrefix = /["']/.test(source.charAt(at + name.length));
    return isPrefix ? undefined : { token: { kind: "name", text: name }, length: name.length };
  }
  const number = wordAt(NUMBER, source, at);
  if (number !== undefined) {
    return { token: { kind: "number", value: Number(number) }, length: number.length };
  }
  const quoted = wordAt(TEXT, source, at);
  if (quoted !== undefined) {
    const text = unescaped(quoted.slice(1, -1));
    return text === undefined
      ? undefined
      : { token: { kind: "text", text }, length: quoted.length };
  }
  const symbol = wordAt(SYMBOL, source, at);
  if (symbol === undefined) return undefined;
  return { token: { kind: "symbol", text: symbol }, length: symbol.length };
}

function wordAt(form: RegExp, source: string, at: number): string | undefined {
  form.lastIndex = at;
  return form.exec(source)?.[0];
}

function unescaped(text: string): string | undefined {
  let plain = "";
  for (let i = 0; i < text.length; i++) {
    if (text[i] !== "\\") plain += text[i];
    else {
      const meant = ESCAPES.get(text[++i]!);
      if (meant === undefined) return undefined;
      plain += meant;
    }
  }
  return plain;
}
