// Hot path.
//
// What a generator of load must know of an answer's head: status, framing, and whether the
// connection may be used again.

export type AnswerHead = {
  readonly status: number;
  readonly framing: "length" | "chunked" | "until-close";
  readonly contentLength: number;
  readonly keepsAlive: boolean;
};

const SPACE = 32;
const TAB = 9;
const DIGITS_MAX = 15;

// `text` has every line with its CR LF, the empty one left out. Undefined: not a head.
export function parseAnswerHead(text: string): AnswerHead | undefined {
  const status = statusOf(text);
  if (status < 0) return undefined;
  let contentLength = -1;
  let isChunked = false;
  let keepsAlive = text.charCodeAt(7) === 49;
  let start = text.indexOf("\n") + 1;
  while (start < text.length) {
    const end = text.indexOf("\n", start);
    if (!isField(text, start, end)) return undefined;
    const colon = text.indexOf(":", start);
    // Few names matter, and their lengths tell most others apart.
    const length = colon - start;
    if (length === 14 && isNamed(text, start, colon, "content-length")) {
      const value = lengthOf(fieldValue(text, colon, end));
      if (contentLength >= 0 || value < 0) return undefined;
      contentLength = value;
    } else if (length === 17 && isNamed(text, start, colon, "transfer-encoding")) {
      if (isChunked || fieldValue(text, colon, end).toLowerCase() !== "chunked") return undefined;
      isChunked = true;
    } else if (length === 10 && isNamed(text, start, colon, "connection")) {
      const options = fieldValue(text, colon, end).toLowerCase();
      if (options.includes("close")) keepsAlive = false;
      else if (options.includes("keep-alive")) keepsAlive = true;
    }
    start = end + 1;
  }
  // Two answers to the same question: a hop before us may have believed the other one.
  if (isChunked && contentLength >= 0) return undefined;
  const framing = isChunked ? "chunked" : contentLength >= 0 ? "length" : "until-close";
  return { status, framing, contentLength, keepsAlive };
}

// "HTTP/1.1 200 OK"; the reason may be missing.
function statusOf(text: string): number {
  const minor = text.charCodeAt(7);
  if (!text.startsWith("HTTP/1.") || (minor !== 48 && minor !== 49)) return -1;
  if (text.charCodeAt(8) !== SPACE) return -1;
  const after = text.charCodeAt(12);
  if (after !== SPACE && after !== 13) return -1;
  if (text.charCodeAt(text.indexOf("\n") - 1) !== 13) return -1;
  let status = 0;
  for (let i = 9; i < 12; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    status = status * 10 + digit;
  }
  return status >= 100 && status <= 599 ? status : -1;
}

// One line with a name, a colon and a CR before its LF; not the continuation of another.
function isField(text: string, start: number, end: number): boolean {
  const colon = text.indexOf(":", start);
  if (colon <= start || colon > end || text.charCodeAt(end - 1) !== 13) return false;
  const first = text.charCodeAt(start);
  const last = text.charCodeAt(colon - 1);
  return first !== SPACE && first !== TAB && last !== SPACE && last !== TAB;
}

function isNamed(text: string, start: number, colon: number, name: string): boolean {
  return text.slice(start, colon).toLowerCase() === name;
}

function fieldValue(text: string, colon: number, end: number): string {
  return text.slice(colon + 1, end - 1).trim();
}

function lengthOf(value: string): number {
  if (value.length === 0 || value.length > DIGITS_MAX) return -1;
  let length = 0;
  for (let i = 0; i < value.length; i++) {
    const digit = value.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    length = length * 10 + digit;
  }
  return length;
}
