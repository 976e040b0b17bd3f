// The bodies of an exchange as they are told to who watches: without secrets, and short.

import type { TapBodies, TapBody, TapWithheld } from "#snapshot/tap.ts";
import type { TapBodies as TapBodiesAllowed } from "#snapshot/tap-plan.ts";
import type { KeptBodies } from "./body-keeper.ts";
import type { KeptBody } from "./kept-body.ts";
import { redactBody } from "./redact-body.ts";
import type { SecretNames } from "./secret-names.ts";

type Pairs = readonly (readonly [name: string, value: string])[];

export type BodiesSeen = {
  readonly kept: KeptBodies | undefined;
  readonly withheld: TapWithheld; // why nothing is kept, where nothing is
  readonly requestHeaders: Pairs;
  readonly responseHeaders: Pairs;
  readonly requestBytes: number;
  readonly responseBytes: number;
  readonly hasRequestEnded: boolean;
  readonly hasResponseEnded: boolean;
};

export type BodyRules = {
  readonly bodies: TapBodiesAllowed;
  readonly names: SecretNames;
};

const HEADER_MAX = 256;

export function toldBodies(seen: BodiesSeen, rules: BodyRules, bytesMax: number): TapBodies {
  const { kept, withheld } = seen;
  const request = about(seen.requestHeaders, seen.requestBytes, seen.hasRequestEnded);
  const response = about(seen.responseHeaders, seen.responseBytes, seen.hasResponseEnded);
  return {
    request: toldBody(request, kept?.request, withheld, rules, bytesMax),
    response: toldBody(response, kept?.response, withheld, rules, bytesMax),
  };
}

type About = Pick<TapBody, "size" | "type" | "encoding" | "unfinished">;

function about(headers: Pairs, size: number, hasEnded: boolean): About {
  const type = toldHeader(headers, "content-type");
  const encoding = toldHeader(headers, "content-encoding");
  return { size, type, encoding, ...(!hasEnded && { unfinished: true }) };
}

function toldBody(
  body: About,
  kept: KeptBody | undefined,
  withheld: TapWithheld,
  { bodies, names }: BodyRules,
  bytesMax: number,
): TapBody {
  const { size, type, encoding } = body;
  if (size === 0) return { ...body, truncated: false };
  if (!kept) return { ...body, truncated: true, withheld };
  const bytes = kept.bytes.subarray(0, bytesMax);
  const truncated = bytes.length < size;
  const isWhole = !truncated && body.unfinished !== true;
  const sent = { bytes, isWhole, contentType: type, contentEncoding: encoding };
  const shown = redactBody(sent, bodies, names);
  if (shown.kind === "withheld") return { ...body, truncated: true, withheld: shown.reason };
  if (bytes.length === 0) return { ...body, truncated, withheld: "busy" };
  if (shown.kind === "bytes") return { ...body, truncated, base64: base64Of(bytes) };
  const { text, isCut } = shown;
  if (!isCut) return { ...body, truncated, text };
  return { ...body, truncated: true, text, withheld: "unreadable" };
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("base64");
}

function toldHeader(headers: Pairs, name: string): string {
  const values = headers.filter(([each]) => each === name).map(([, value]) => value);
  return values.join(", ").slice(0, HEADER_MAX);
}
