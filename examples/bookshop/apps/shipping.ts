// What it costs to send a parcel: the twin of shipping/main.go, for machines without Go.
//
//   GET /quote?country=DE&grams=450

import { type Answer, type Call, json, serve } from "./serve.ts";

const ZONES: ReadonlyMap<string, { readonly cents: number; readonly days: number }> = new Map([
  ["DE", { cents: 299, days: 2 }],
  ["AT", { cents: 449, days: 3 }],
  ["FR", { cents: 499, days: 3 }],
  ["GB", { cents: 799, days: 5 }],
  ["US", { cents: 1299, days: 9 }],
]);
const ELSEWHERE = { cents: 1699, days: 14 };
const GRAMS_MAX = 30_000;
const STEP_GRAMS = 500;
const STEP_CENTS = 120;

serve("shipping", answer);

function answer({ method, path, query }: Call): Answer | undefined {
  if (method !== "GET" || path !== "/quote") return undefined;
  const country = query.get("country") ?? "";
  const text = query.get("grams") ?? "";
  const grams = /^[0-9]{1,5}$/.test(text) ? Number(text) : 0;
  if (!/^[A-Z]{2}$/.test(country)) return json(400, { error: "country must be two capitals" });
  if (grams < 1 || grams > GRAMS_MAX) return json(400, { error: "grams must be 1 to 30000" });
  const { cents, days } = ZONES.get(country) ?? ELSEWHERE;
  const steps = Math.floor((grams - 1) / STEP_GRAMS);
  return json(200, { country, grams, cents: cents + steps * STEP_CENTS, days });
}
