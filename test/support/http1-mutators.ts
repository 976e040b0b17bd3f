// Requests that are valid, and ways to make them doubtful. Each is named, so that a difference
// between readers can be named.

import type { Random } from "#base/random.ts";

export type Message = {
  method: string;
  target: string;
  version: string;
  host: string;
  fields: string[]; // lines
  body: string;
};

export type Mutator = {
  readonly name: string;
  // How many messages show all that it can do.
  readonly rounds: number;
  // The text of the message, changed.
  readonly mutate: (message: Message, random: Random) => string;
};

const ROUNDS = 40;
const ROUNDS_ANYWHERE = 300;
const NAMES = ["X-One", "x-two", "Accept", "X_Three", "User-Agent", "Cookie", "X-Empty"];
const VALUES = [
  "a",
  "a b",
  "a, b",
  'q="x y"',
  "\t a \t",
  "",
  "\x80\xff",
  "k=v; l=w",
  "~!@#$%^&*()",
];
const CODINGS = [",chunked", "chunked,", "identity, chunked", "xchunked", "chunked;x=y", "gzip"];
const LENGTHS = ["+5", "-5", "0x5", "", "5, 5", "5 5", "5.0", "1e1", "5_0", "18446744073709551621"];
const SIZES = ["0x5", "5_0", "+5", "-5", " 5", "", "g", "5 5", "fffffffffffffffff"];
const CONTROLS = ["\x01", "\x08", "\x0b", "\x0c", "\x1b", "\x1f"];
const NAME_CHARS = ["(", ")", "@", "[", "]", "{", "/", '"', "<", "=", "?", "\\", "\x7f", "\x80"];
const HOSTS = ["a b", "a/b", "u@a", "a,b", "a#b", "a?b", "a:8o", "a:80:80", "[::1", "a:65536"];

export const MUTATORS: readonly Mutator[] = [
  { name: "nothing", rounds: ROUNDS, mutate: encodeMessage },
  field("a field of many kinds", (one) => `${one(NAMES)}: ${one(VALUES)}`),
  field("a bare LF between fields", () => "X-A: a\nX-B: b"),
  field("a bare CR in a value", () => "X-A: a\rb"),
  field("a NUL in a value", () => "X-A: a\0b"),
  field("a control character in a value", (one) => `X-A: a${one(CONTROLS)}b`),
  field("a DEL in a value", () => "X-A: a\x7fb"),
  field("a folded field", (one) => `X-A: a\r\n${one([" ", "\t"])}b`),
  field("a blank before a colon", (one) => `X-A${one([" ", "\t"])}: a`),
  field("no colon", () => "X-A"),
  field("an empty name", () => ": a"),
  field("a forbidden character in a name", (one) => `X${one(NAME_CHARS)}A: a`),
  field("a NUL in a name", () => "X\0A: a"),
  field("two Content-Length, equal", () => "Content-Length: 5\r\nContent-Length: 5", "hello"),
  field("two Content-Length, different", () => "Content-Length: 5\r\nContent-Length: 6", "hello!"),
  field("a Content-Length that is no number", (one) => `Content-Length: ${one(LENGTHS)}`, "hello"),
  field("a Content-Length with a leading zero", () => "Content-Length: 05", "hello"),
  field("a list of equal Content-Length", () => "Content-Length: 5,5", "hello"),
  field(
    "Content-Length beside chunked",
    () => "Content-Length: 5\r\nTransfer-Encoding: chunked",
    "5\r\nhello\r\n0\r\n\r\n",
  ),
  field("a coding that isn't chunked", (one) => `Transfer-Encoding: ${one(CODINGS)}`, "0\r\n\r\n"),
  field(
    "two Transfer-Encoding fields",
    () => "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "0\r\n\r\n",
  ),
  field("two Host fields, equal", () => "Host: example"),
  field("two Host fields, different", () => "Host: other"),
  field("an unknown expectation", () => "Expect: 200-ok"),
  field("a Connection that is no list of names", () => "Connection: @"),
  chunks("chunks", () => "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"),
  chunks("a chunk size in both cases, with zeros", () => "00A\r\nhelloworld\r\n0\r\n\r\n"),
  chunks("an extension", (one) => `5${one([";a", ";a=b", ' ;a="b"'])}\r\nhello\r\n0\r\n\r\n`),
  chunks("a chunk size that is no number", (one) => `${one(SIZES)}\r\nhello\r\n0\r\n\r\n`),
  chunks("a blank behind a chunk size", (one) => `5${one([" ", "\t"])}\r\nhello\r\n0\r\n\r\n`),
  chunks("a chunk line that ends in LF", () => "5\nhello\r\n0\r\n\r\n"),
  chunks("a chunk line that ends in CR", () => "5\rXhello\r\n0\r\n\r\n"),
  chunks("a bare CR in an extension", () => "5;a\rb\r\nhello\r\n0\r\n\r\n"),
  chunks("a bare LF in an extension", () => "5;a\nhello\r\n0\r\n\r\n"),
  chunks("no CRLF behind a chunk", () => "5\r\nhello0\r\n\r\n"),
  chunks("an LF behind a chunk", () => "5\r\nhello\n0\r\n\r\n"),
  chunks("other bytes behind a chunk", () => "5\r\nhelloXX0\r\n\r\n"),
  chunks("an LF behind the last chunk", () => "5\r\nhello\r\n0\n\n"),
  chunks("a trailer", () => "5\r\nhello\r\n0\r\nX-Trailer: a\r\n\r\n"),
  chunks("a trailer that states framing", () => "5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n"),
  chunks("a trailer that states identity", () => "5\r\nhello\r\n0\r\nAuthorization: a\r\n\r\n"),
  set("a host that is none", (message, one) => (message.host = one(HOSTS))),
  set("an empty host", (message) => (message.host = "")),
  set("HTTP/1.0", (message) => (message.version = "HTTP/1.0")),
  set("another version", (message, one) => {
    message.version = one(["HTTP/1.2", "HTTP/2.0", "HTTP/0.9", "HTTP/1.10", "http/1.1"]);
  }),
  set("a method of another kind", (message, one) => {
    message.method = one(["PATCH", "OPTIONS", "PROPFIND", "DELETE"]);
  }),
  set("a method that nobody knows", (message) => (message.method = "X-OWN")),
  set("a method in lower case", (message) => (message.method = "get")),
  set("a method that is no token", (message, one) => (message.method = one(["G(T", "G@T", ""]))),
  set("an absolute target", (message) => (message.target = "http://example/a")),
  set("a target that differs from Host", (message) => (message.target = "http://other/a")),
  set("a fragment in a target", (message) => (message.target = "/a#b")),
  set("a blank in a target", (message) => (message.target = "/a b")),
  set("a byte above ASCII in a target", (message) => (message.target = "/a\x80")),
  set("a control character in a target", (message) => (message.target = "/a\x01")),
  set("a broken escape in a target", (message, one) => (message.target = one(["/%", "/%zz"]))),
  set("a target that is none", (message, one) => (message.target = one(["a", "?a"]))),
  set("an asterisk for GET", (message) => (message.target = "*")),
  whole("bare LF throughout", (text) => text.replaceAll("\r\n", "\n")),
  whole("an empty line before", (text) => `\r\n${text}`),
  whole("two empty lines before", (text) => `\r\n\r\n${text}`),
  whole("a blank before", (text) => ` ${text}`),
  whole("a tab in the request line", (text) => text.replace(" ", "\t")),
  whole("two blanks in the request line", (text) => text.replace(" ", "  ")),
  whole("a blank behind the request line", (text) => text.replace("\r\n", " \r\n")),
  inserted("a CR", "\r"),
  inserted("an LF", "\n"),
  inserted("a CRLF", "\r\n"),
  inserted("a NUL", "\0"),
  inserted("a blank", " "),
  inserted("a colon", ":"),
  inserted("a slash", "/"),
  inserted("a byte above ASCII", "\xa0"),
];

export function encodeMessage({ method, target, version, host, fields, body }: Message): string {
  return `${[`${method} ${target} ${version}`, `Host: ${host}`, ...fields].join("\r\n")}\r\n\r\n${body}`;
}

type One = (choices: readonly string[]) => string;

function field(name: string, line: (one: One) => string, body?: string): Mutator {
  return set(name, (message, one) => {
    message.fields.push(line(one));
    if (body === undefined) return;
    message.method = "POST";
    message.body = body;
  });
}

function chunks(name: string, body: (one: One) => string): Mutator {
  return set(name, (message, one) => {
    message.method = "POST";
    message.fields.push("Transfer-Encoding: chunked");
    message.body = body(one);
  });
}

function set(name: string, change: (message: Message, one: One) => void): Mutator {
  return {
    name,
    rounds: ROUNDS,
    mutate(message, random) {
      change(message, oneOf(random));
      return encodeMessage(message);
    },
  };
}

// Anywhere in the head.
function inserted(name: string, byte: string): Mutator {
  return {
    name: `${name} somewhere`,
    rounds: ROUNDS_ANYWHERE,
    mutate(message, random) {
      const text = encodeMessage(message);
      const at = Math.floor(random() * (text.length - 1));
      return text.slice(0, at) + byte + text.slice(at);
    },
  };
}

function whole(name: string, change: (text: string) => string): Mutator {
  return { name, rounds: ROUNDS, mutate: (message) => change(encodeMessage(message)) };
}

export function oneOf(random: Random): One {
  return (choices) => choices[Math.floor(random() * choices.length)]!;
}
