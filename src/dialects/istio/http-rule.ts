// http[] of a VirtualService: the rules, the first that matches takes the request.

import type { FieldReader } from "#ir/field-reader.ts";
import type { RouteBackend, RouteMatch, RouteRule } from "#ir/route.ts";
import type { RouteReply } from "#ir/route-reply.ts";
import { readDelegate } from "./delegate.ts";
import { readDestinations } from "./destination.ts";
import { readHttpMatch } from "./http-match.ts";
import { readReply } from "./reply.ts";
import { readShape } from "./shape.ts";
import { type RuleContext, readTraffic } from "./traffic.ts";

// Instead of forwarding. Handing such a request on to a service would be wrong.
const ANSWERS = ["directResponse", "redirect"];

export function readHttpRules(spec: FieldReader, context: RuleContext): readonly RouteRule[] {
  return spec.list("http").flatMap((reader, index) => {
    // What isn't even an object takes no request.
    if (!reader.isSound) return [];
    const name = reader.text("name") ?? "";
    const matches = readMatches(reader);
    const reply = readReply(reader, matches ?? []);
    const delegate = readDelegate(reader, context.namespace);
    const backends = readBackends(reader, context.namespace, reply, delegate !== undefined);
    const shape = readShape(reader);
    const traffic = readTraffic(reader, context, matches ?? []);
    const rule = { name, index, origin: reader.origin, backends, ...shape, ...traffic };
    const others = { ...(reply && { reply }), ...(delegate && { delegate }) };
    return matches ? [{ ...rule, matches, ...others }] : [];
  });
}

// Undefined: no match could be honoured, so the rule takes no request. (An empty list would take
// every one.)
function readMatches(reader: FieldReader): readonly RouteMatch[] | undefined {
  const readers = reader.list("match");
  const matches = readers.flatMap((each) => readHttpMatch(each) ?? []);
  return readers.length > 0 && matches.length === 0 ? undefined : matches;
}

function readBackends(
  reader: FieldReader,
  namespace: string,
  reply: RouteReply | undefined,
  isDelegated: boolean,
): readonly RouteBackend[] {
  const backends = readDestinations(reader, namespace);
  if (isDelegated) return [];
  if (reader.has("delegate")) {
    return [{ kind: "invalid", reason: 'The rule\'s "delegate" cannot be read', weight: 1 }];
  }
  const answer = ANSWERS.find((name) => reader.has(name));
  if (answer !== undefined) {
    if (backends.length > 0) reader.invalid("route", `absent beside ${answer}`);
    const reason = `The rule's "${answer}" cannot be read`;
    return reply ? [] : [{ kind: "invalid", reason, weight: 1 }];
  }
  if (backends.length > 0) return backends;
  if (reader.isSound) reader.invalid("route", "a list of destinations");
  return [{ kind: "invalid", reason: "The rule has no destination", weight: 1 }];
}
