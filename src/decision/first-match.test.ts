// The tables of `decide` against the plainest evaluator there could be, which shares no code with
// them: it takes requests apart by itself, and tries rule after rule.

import assert from "node:assert/strict";
import { test } from "node:test";
import { type Random, seededRandom } from "#base/random.ts";
import type { FieldMatchPlan, MatchPlan, StringMatchPlan } from "#snapshot/plan.ts";
import { bindOutbound } from "./bind.ts";
import { decide } from "./decide.ts";
import type { DecisionRequest } from "./decision.ts";
import { type RouteSketch, samplePlan } from "./sample-plans.ts";

const RULES = 1000;
const REQUESTS = 1000;
const NAMESPACE = "shop";
const CALLER = `${NAMESPACE}/web`;

const SEGMENTS = ["api", "v1", "v2", "items", "item", "a", "A", ""];
const VALUES = ["1", "12", "2", "x y", ""];
const NAMES = ["version", "user", "q"];
const METHODS = ["GET", "POST", "OPTIONS"];
const HOSTS = ["reviews", "reviews.bookshop", "ratings"];
const PATTERNS = ["/api/v[12]/.*/a", ".*/item/item", "/[aA]/a/.*", "1+2?"];

for (const seed of [1, 2, 3, 4]) {
  test(`1,000 random rules are tried as one after the other would be, with seed ${seed}`, () => {
    const dice = seededRandom(seed);
    const rules = Array.from({ length: RULES }, () =>
      Array.from({ length: 1 + below(dice, 2) }, () => randomMatch(dice)),
    );
    const bound = bindOutbound(samplePlan(rules.map((matches) => ({ matches }))), CALLER);
    const taken = new Set<number>();
    for (let i = 0; i < REQUESTS; i++) {
      const request = randomRequest(dice);
      const expected = rules.findIndex((rule) => rule.some((match) => holds(match, request)));
      const { routeIndex } = decide(bound, request, dice());
      assert.equal(routeIndex, expected, JSON.stringify({ request, rule: rules[expected] }));
      taken.add(routeIndex);
    }
    // Else it would show little.
    assert.ok(taken.size > 50, `only ${taken.size} rules took a request`);
  });
}

test("the same request and draw end in the same decision, one of those that the plan has", () => {
  const dice = seededRandom(9);
  const sketches = Array.from({ length: RULES }, (): RouteSketch => {
    const backends = [0, 1].map((backend) => ({ backend, weight: dice() + 0.1 }));
    return { matches: [randomMatch(dice)], backends };
  });
  const plan = samplePlan(sketches);
  const [first, second] = [bindOutbound(plan, CALLER), bindOutbound(plan, CALLER)];
  const draws = [Number.NaN, -1, 0, 0.5, 1, Number.POSITIVE_INFINITY];
  for (let i = 0; i < REQUESTS; i++) {
    const request = randomRequest(dice);
    for (const draw of [dice(), ...draws]) {
      const decision = decide(first, request, draw);
      assert.equal(decide(first, request, draw), decision);
      assert.equal(first.decisions[decision.index], decision);
      assert.equal(decide(second, request, draw).index, decision.index);
    }
  }
});

// Most want a path of some depth, as real rules do: else the first few would take everything.
function randomMatch(dice: Random): MatchPlan {
  const isRegex = dice() < 0.01;
  const isAnyPath = dice() < 0.01;
  const kind = oneOf(dice, ["exact", "prefix", "segment-prefix"] as const);
  const path = isRegex
    ? ({ kind: "regex", value: oneOf(dice, PATTERNS) } as const)
    : { kind, value: randomPath(dice, 3 + below(dice, 3)) };
  const few = <T>(make: () => T) => (dice() < 0.3 ? [make()] : []);
  const field = (): FieldMatchPlan => ({ name: oneOf(dice, NAMES), value: randomText(dice) });
  return {
    authorities: few(() => oneOf(dice, HOSTS)),
    path: isAnyPath ? undefined : path,
    method: few(() => oneOf(dice, METHODS))[0],
    authority: few(() => randomText(dice, HOSTS))[0],
    headers: isAnyPath ? [field(), field()] : few(field),
    query: few(field),
    ...(dice() < 0.1 && !isRegex ? { ignoresPathCase: true } : {}),
    ...(dice() < 0.1 ? { methodMatch: randomText(dice, METHODS) } : {}),
    ...(dice() < 0.1 ? { scheme: { kind: "exact", value: "https" } } : {}),
    ...(dice() < 0.1 ? { withoutHeaders: [field()] } : {}),
    ...(dice() < 0.1 ? { exceptAuthorities: [oneOf(dice, HOSTS), "other"] } : {}),
    ...(dice() < 0.1 ? { exceptCallers: [oneOf(dice, [CALLER, `${NAMESPACE}/*`, "x/*"])] } : {}),
    ...(dice() < 0.2 ? { callers: [oneOf(dice, [CALLER, `${NAMESPACE}/*`, "*", "x/*"])] } : {}),
  };
}

function randomRequest(dice: Random): DecisionRequest {
  const query = Array.from({ length: below(dice, 3) }, () => {
    return `${oneOf(dice, NAMES)}=${oneOf(dice, VALUES).replace(" ", oneOf(dice, ["+", "%20"]))}`;
  });
  const path = randomPath(dice, 2 + below(dice, 5));
  return {
    method: oneOf(dice, METHODS),
    authority: oneOf(dice, HOSTS) + oneOf(dice, ["", ":9080", "."]),
    path: query.length === 0 ? path : `${path}?${query.join("&")}`,
    headers: NAMES.flatMap((name) => (dice() < 0.7 ? [name, oneOf(dice, VALUES)] : [])),
    scheme: oneOf(dice, ["http", "https"]),
  };
}

function randomPath(dice: Random, depth: number): string {
  return Array.from({ length: depth }, () => `/${oneOf(dice, SEGMENTS)}`).join("");
}

function randomText(dice: Random, values: readonly string[] = VALUES): StringMatchPlan {
  const kind = oneOf(dice, ["exact", "exact", "prefix", "present", "regex"] as const);
  if (kind === "present") return { kind };
  return { kind, value: kind === "regex" ? oneOf(dice, PATTERNS) : oneOf(dice, values) };
}

function holds(match: MatchPlan, { method, authority, path, headers, scheme }: DecisionRequest) {
  const [bare = "", query = ""] = path.split("?");
  const host = authority.replace(/:\d+$/, "").replace(/\.$/, "");
  const { authorities, callers, withoutHeaders = [] } = match;
  const { exceptAuthorities = [], exceptCallers = [] } = match;
  const isOurs = (caller: string) => [CALLER, `${NAMESPACE}/*`, "*"].includes(caller);
  const has = ({ name, value }: FieldMatchPlan) =>
    headers.some((text, i) => i % 2 === 1 && headers[i - 1] === name && fits(text, value));
  const asks = ({ name, value }: FieldMatchPlan) => {
    const text = new URLSearchParams(query).get(name);
    return text !== null && fits(text, value);
  };
  return (
    (authorities.length === 0 || authorities.includes(host)) &&
    fitsPath(bare, match) &&
    (match.method === undefined || match.method === method) &&
    (match.methodMatch === undefined || fits(method, match.methodMatch)) &&
    (match.authority === undefined || fits(host, match.authority)) &&
    (match.scheme === undefined || fits(scheme!, match.scheme)) &&
    match.headers.every(has) &&
    match.query.every(asks) &&
    !withoutHeaders.some(has) &&
    !exceptAuthorities.includes(host) &&
    !exceptCallers.some(isOurs) &&
    (callers === undefined || callers.some(isOurs))
  );
}

function fitsPath(path: string, { path: wanted, ignoresPathCase }: MatchPlan): boolean {
  if (wanted === undefined) return true;
  if (wanted.kind !== "segment-prefix") return fitsFolded(path, wanted, ignoresPathCase);
  // Istio's, which ignore case, are prefixes of characters.
  if (ignoresPathCase) {
    const value = wanted.value.replace(/\/$/, "");
    return fitsFolded(path, { kind: "prefix", value }, true);
  }
  const segments = wanted.value.replace(/\/$/, "").split("/");
  return segments.every((segment, i) => path.split("/")[i] === segment);
}

function fitsFolded(path: string, wanted: StringMatchPlan, isFolded = false): boolean {
  if (!isFolded || wanted.kind === "present") return fits(path, wanted);
  return fits(path.toLowerCase(), { ...wanted, value: wanted.value.toLowerCase() });
}

function fits(text: string, wanted: StringMatchPlan): boolean {
  switch (wanted.kind) {
    case "present":
      return true;
    case "exact":
      return text === wanted.value;
    case "prefix":
      return text.startsWith(wanted.value);
    case "regex":
      return new RegExp(`^(?:${wanted.value})$`).test(text);
  }
}

function oneOf<T>(dice: Random, all: readonly T[]): T {
  return all[below(dice, all.length)]!;
}

function below(dice: Random, end: number): number {
  return Math.floor(dice() * end);
}
