// Prepares what a route changes, together with what the backend does.

import type {
  CorsPlan,
  HeaderEditsPlan,
  HeaderPairPlan,
  PathEditPlan,
  ShapePlan,
} from "#snapshot/shape-plan.ts";
import { bindString, readPattern } from "./bind-string.ts";
import type { BoundCors, BoundEdits, BoundPathEdit, BoundShape } from "./bound-shape.ts";
import { wireText } from "./wire-text.ts";

// The backend's come first, so that the route has the last word.
export function bindShape(
  backend: ShapePlan | undefined,
  route: ShapePlan | undefined,
): BoundShape | undefined {
  if (!backend && !route) return undefined;
  const path = route?.path ?? backend?.path;
  return {
    request: chain(backend?.request, route?.request),
    response: chain(backend?.response, route?.response),
    authority: route?.authority ?? backend?.authority,
    path: path && bindPathEdit(path),
    cors: route?.cors && bindCors(route.cors),
  };
}

export function bindPathEdit(edit: PathEditPlan): BoundPathEdit {
  switch (edit.kind) {
    case "full":
      return { kind: "full", value: wireText(edit.value), hasQuery: edit.value.includes("?") };
    case "prefix": {
      const { length: prefixLength } = wireText(edit.prefix);
      return { kind: "prefix", prefixLength, value: wireText(edit.value) };
    }
    case "regex": {
      const pattern = readPattern(edit.pattern);
      const pieces = piecesOf(edit.substitution).filter(
        (piece) => typeof piece === "string" || piece <= (pattern?.groups ?? 0),
      );
      return { kind: "regex", pattern, pieces };
    }
  }
}

export function bindCors(cors: CorsPlan): BoundCors {
  const { maxAgeSeconds } = cors;
  return {
    origins: cors.origins.map(bindString),
    methods: cors.methods.join(", "),
    headers: cors.headers.join(", "),
    exposed: cors.exposed.join(", "),
    maxAge: maxAgeSeconds === undefined ? "" : String(maxAgeSeconds),
    credentials: cors.credentials,
    answersUnmatched: cors.unmatched === "answer",
  };
}

function chain(
  first: HeaderEditsPlan | undefined,
  second: HeaderEditsPlan | undefined,
): BoundEdits | undefined {
  const a = first && bindEdits(first);
  const b = second && bindEdits(second);
  if (!a || !b) return a ?? b;
  const kept: string[] = [];
  for (let i = 0; i < a.added.length; i += 2) {
    if (!b.removed.includes(a.added[i]!)) kept.push(a.added[i]!, a.added[i + 1]!);
  }
  return { removed: [...new Set([...a.removed, ...b.removed])], added: [...kept, ...b.added] };
}

function bindEdits({ remove, set, add }: HeaderEditsPlan): BoundEdits {
  const flat = (pairs: readonly HeaderPairPlan[]) =>
    pairs.flatMap(([name, value]) => [name, wireText(value)]);
  const removed = [...new Set([...remove, ...set.map(([name]) => name)])];
  return { removed, added: [...flat(set), ...flat(add)] };
}

// RE2's own: "\1" is the first group, "\\" a backslash.
function piecesOf(substitution: string): (string | number)[] {
  const pieces: (string | number)[] = [];
  let text = "";
  for (let i = 0; i < substitution.length; i++) {
    const next = substitution[i] === "\\" ? substitution[++i] : undefined;
    if (next === undefined) text += substitution[i] ?? "";
    else if (next < "0" || next > "9") text += next;
    else {
      pieces.push(text, Number(next));
      text = "";
    }
  }
  return [...pieces, text].filter((piece) => piece !== "");
}
