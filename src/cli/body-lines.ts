// The bodies of a tapped exchange, indented below its last line. What a stranger sent is shown so
// that no terminal obeys it.

import { TAPPED_WITHHELD, type TappedBodies, type TappedBody } from "#api/tap.ts";
import { printable } from "./printable.ts";

const INDENT = "    ";

export function bodyLines(bodies: TappedBodies | undefined): readonly string[] {
  if (!bodies) return [];
  const { request, response } = bodies;
  return [...linesOf("request", request), ...linesOf("response", response)];
}

// None where there is none.
function linesOf(of: string, body: TappedBody): readonly string[] {
  if (body.size === 0) return [];
  const { type, encoding, text, base64 = "", withheld } = body;
  const said = [type, encoding].filter((each) => each !== "").join(" ");
  const about = `${of}-body=${body.size}B${said === "" ? "" : ` (${printable(said)})`}`;
  const content = text === undefined ? (base64.match(/.{1,76}/g) ?? []) : text.split(/\r?\n/);
  const shown = content.map((line) => printable(line.replaceAll("\t", "  ")));
  const lines = [about + marksOf(body), ...shown];
  if (withheld) lines.push(`<left out: ${TAPPED_WITHHELD[withheld]}>`);
  return lines.map((line, i) => `${i === 0 ? "" : INDENT}${INDENT}${line}`);
}

function marksOf({ truncated, unfinished, base64 }: TappedBody): string {
  const isPart = base64 !== undefined ? " base64" : "";
  return `${isPart}${truncated ? " truncated" : ""}${unfinished ? " unfinished" : ""}`;
}
