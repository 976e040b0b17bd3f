// Hot path.
//
// The headers of a request from outside the mesh, on their way in.

import type { Headers } from "#proxy/exchange/heads.ts";
import { forwardable, type Noted } from "#proxy/pipeline/header-edits.ts";

const UNDERSCORE = 0x5f;
const T = 0x74;
const X = 0x78;

// CGI and those who follow it read `x_user` as `x-user`: what was checked under one name would
// reach the application under the other.
export function underscoredNames(headers: Headers): number {
  let count = 0;
  for (let i = 0; i < headers.length; i += 2) if (isUnderscored(headers[i]!)) count++;
  return count;
}

function isUnderscored(name: string): boolean {
  for (let at = 0; at < name.length; at++) if (name.charCodeAt(at) === UNDERSCORE) return true;
  return false;
}

// A new list without what no stranger may say: what states identity or routing for a mesh, ours or
// another, and by which scheme it asked, which we know better.
export function headersFromOutside(headers: Headers, noted: Noted): string[] {
  const kept = forwardable(headers, noted);
  let length = 0;
  for (let i = 0; i < kept.length; i += 2) {
    const name = kept[i]!;
    let value = kept[i + 1]!;
    const first = name.charCodeAt(0);
    if (first === X && isInternal(name)) continue;
    if (first === T && name === "tracestate") {
      value = withoutOurMember(value);
      if (value === "") continue;
    }
    kept[length++] = name;
    kept[length++] = value;
  }
  kept.length = length;
  return kept;
}

function isInternal(name: string): boolean {
  return name === "x-forwarded-proto" || name.startsWith("x-envoy-") || name.startsWith("x-istio-");
}

// A budget and a deadline that one hop of the mesh tells the next.
function withoutOurMember(value: string): string {
  if (!value.includes("weft")) return value;
  const others = value.split(",").filter((member) => !member.trimStart().startsWith("weft="));
  return others.join(",").trim();
}
