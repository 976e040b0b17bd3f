// The bodies of the answers in what an asker over HTTP/1 has received: of those with status 200
// that look whole. One that broke must not be among them.

const HEAD_END = "\r\n\r\n";
const LAST_CHUNK = "0\r\n";

export function wholeAnswers(text: string): readonly string[] {
  const bodies: string[] = [];
  let rest = text;
  for (;;) {
    const end = rest.indexOf(HEAD_END);
    if (end < 0) return bodies;
    const head = rest.slice(0, end).toLowerCase();
    const read = bodyOf(head, rest.slice(end + HEAD_END.length));
    if (!read) return bodies;
    if (head.startsWith("http/1.1 200")) bodies.push(read.body);
    rest = read.rest;
  }
}

type Read = { readonly body: string; readonly rest: string };

function bodyOf(head: string, text: string): Read | undefined {
  if (head.startsWith("http/1.1 1") || head.startsWith("http/1.1 204")) {
    return { body: "", rest: text };
  }
  if (head.includes("transfer-encoding: chunked")) return chunkedBody(text);
  const length = Number(/content-length: (\d+)/.exec(head)?.[1] ?? Number.POSITIVE_INFINITY);
  if (text.length < length) return undefined;
  return { body: text.slice(0, length), rest: text.slice(length) };
}

function chunkedBody(text: string): Read | undefined {
  let body = "";
  let at = 0;
  while (!text.startsWith(LAST_CHUNK, at)) {
    const line = text.indexOf("\r\n", at);
    if (line < 0) return undefined;
    const from = line + 2;
    const until = from + Number.parseInt(text.slice(at, line), 16);
    if (text.length < until + 2) return undefined;
    body += text.slice(from, until);
    at = until + 2;
  }
  // Trailers, and the empty line behind them.
  const end = text.indexOf(HEAD_END, at);
  return end < 0 ? undefined : { body, rest: text.slice(end + HEAD_END.length) };
}
