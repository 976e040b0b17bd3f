// An explanation as a colleague would give it.

import type {
  ExplainedBackend,
  ExplainedChange,
  ExplainedMember,
  ExplainedMiss,
  ExplainedOutcome,
  ExplainedPeers,
  ExplainedRequest,
  ExplainedRule,
  Explanation,
  RequestInQuestion,
  UnknownDestination,
} from "#api/explanation.ts";
import { nearnessLines } from "./nearness-lines.ts";
import { pickedText, policyLines, sessionLine } from "./policy-lines.ts";
import { trafficLines } from "./traffic-lines.ts";
import { viewsText } from "./views-text.ts";

const UNDECLARED = "No document says what the port speaks: these rules are for what is HTTP.";

export function explanationText(explanation: Explanation): string {
  const lines =
    explanation.kind === "explained" ? explainedLines(explanation) : unknownLines(explanation);
  return `${lines.join("\n")}\n`;
}

function unknownLines({ request, reason, cause, suggestions }: UnknownDestination): string[] {
  return [
    requestLine(request),
    "",
    `${reason}: the proxy answers by itself, with cause ${cause}.`,
    ...(suggestions.length > 0 ? [`Did you mean ${suggestions.join(" or ")}?`] : []),
  ];
}

function explainedLines(explanation: ExplainedRequest): string[] {
  const decision = decisionLines(explanation);
  return [requestLine(explanation.request), "", ...decision, "", outcomeLine(explanation)];
}

// Without the request itself, and what comes of it.
export function decisionLines(explanation: ExplainedRequest): string[] {
  const { service, rules, rulesNotReached, backends, revision } = explanation;
  const { namespace, name, port, consumerNamespace } = service;
  const callers = consumerNamespace === null ? "" : `, for callers in ${consumerNamespace}`;
  return [
    `This is ${serviceTitle(namespace, name)} port ${port}${callers} (revision ${revision}).`,
    ...(service.protocol === "tcp"
      ? ["The port carries connections: requests are not looked at."]
      : []),
    ...(service.protocol === "detect" ? [UNDECLARED] : []),
    "Rules, in the order tried:",
    ...rules.flatMap(ruleLines),
    ...(rulesNotReached > 0 ? [`  ${notReachedText(rulesNotReached)}`] : []),
    ...(backends.length > 0 ? ["", backendsTitle(backends)] : []),
    ...backends.flatMap(backendLines),
    ...(explanation.traffic ? trafficLines(explanation.traffic) : []),
    ...(explanation.session ? ["", sessionLine(explanation.session)] : []),
  ];
}

// A host has dots, and a name of Kubernetes none.
function serviceTitle(namespace: string, name: string): string {
  if (namespace === "") return `what no document declares (${name}),`;
  return name.includes(".") ? `host ${name} of ${namespace}` : `Service ${namespace}/${name}`;
}

function requestLine({ method, path, from, to, authority, headers }: RequestInQuestion): string {
  const caller = from === null ? "somebody" : from;
  const asked = authority === to ? "" : ` as ${authority}`;
  const listed = headers.map(([name, value]) => `${name}: ${value}`).join(", ");
  return `${caller} sends ${method} ${path} to ${to}${asked}${listed ? ` with ${listed}` : ""}.`;
}

function ruleLines({ isMatched, misses, ...rule }: ExplainedRule): string[] {
  const verdict = isMatched ? "takes it" : "misses";
  const why = isMatched && rule.isForAll ? ": it takes every request" : "";
  const title = `  ${isMatched ? "+" : "-"} ${ruleText(rule)} ${verdict}${why}`;
  // Of a rule that takes it, which of its other matches failed is of no interest.
  if (isMatched) return [title];
  const [only, ...others] = misses;
  if (only && others.length === 0) return [`${title}: ${missText(only)}`];
  return [`${title}, by each of its matches:`, ...misses.map((miss) => `      ${missText(miss)}`)];
}

function ruleText(rule: Omit<ExplainedRule, "isMatched" | "misses">): string {
  if (rule.name === "default") return "The default (for what no document routes)";
  const title = rule.ruleName === "" ? `rule ${rule.rule}` : `rule ${rule.rule} "${rule.ruleName}"`;
  const where = rule.file === null ? "" : ` (${rule.file}:${rule.line ?? 1})`;
  return `${rule.name} ${title}${where}`;
}

function missText({ part, name, expected, found }: ExplainedMiss): string {
  if (part === "absent header") {
    const unwanted = expected === "any value" ? "" : ` with "${expected}"`;
    return `header ${name} is "${found ?? ""}", it wants none${unwanted}`;
  }
  const what = { header: `header ${name}`, query: `query parameter ${name}` };
  const subject = part === "header" || part === "query" ? what[part] : `the ${part}`;
  const is = found === null ? "is not there" : `is "${found}"`;
  return `${subject} ${is}, it wants ${expected === "any value" ? expected : `"${expected}"`}`;
}

function notReachedText(count: number): string {
  return count === 1 ? "1 more is not reached." : `${count} more are not reached.`;
}

function backendsTitle(backends: readonly ExplainedBackend[]): string {
  if (backends.length === 1) return "It has one backend:";
  const isDrawn = backends.some(({ isChosen }) => isChosen);
  return `It has ${backends.length} backends${isDrawn ? "" : ", drawn by weight"}:`;
}

function backendLines({ percent, weight, isChosen, target, changes }: ExplainedBackend): string[] {
  const share = `  ${percent.toFixed(1).padStart(5)} % (weight ${weight})`;
  const mark = isChosen ? "  <- chosen" : "";
  if (target.kind === "invalid") {
    return [`${share}  answered with backend-invalid: ${target.reason}${mark}`];
  }
  const { namespace, service, subset, port, members } = target;
  const title = `${namespace}/${service}${subset === "" ? "" : ` subset ${subset}`} port ${port}`;
  const lines = members.map((member) => `           ${memberText(member)}`);
  const listed = lines.length > 0 ? lines : ["           it selects no workload"];
  const changed = (changes ?? []).map((change) => `           ${changeText(change)}`);
  const near = target.nearness ? nearnessLines(target.nearness) : [];
  const ways = [...near, ...policyLines(target.policy ?? {})];
  const called = ways.map((line) => `           endpoints: ${line}`);
  return [`${share}  ${title}${mark}`, ...changed, ...listed, ...called];
}

function changeText({ of, part, action, name, value }: ExplainedChange): string {
  const whose = of === "request" ? "the request's" : "the answer's";
  const what = part === "header" ? `header ${name}` : part;
  if (action === "remove") return `${whose} ${what} is removed`;
  return `${whose} ${what} ${action === "add" ? "also gets" : "becomes"} "${value}"`;
}

function memberText(member: ExplainedMember): string {
  const { namespace, name, version, state, addresses, tls, views, peers } = member;
  const full = namespace === "" ? name : `${namespace}/${name}`;
  const title = `${full}${version === "" ? "" : ` (${version})`}`;
  const states = {
    ready: `ready at ${addresses.join(" and ")}${tls === undefined ? "" : `, ${tls}`}`,
    "not-ready": "not ready: its application does not pass its probe",
    "not-joined": "not joined: no proxy speaks for it",
    "identity-differs": "left out: its proxy joined under another service account",
    unresolved: "left out: its name has no address that is known",
    "port-missing": "left out: it declares no port that the service's targetPort means",
  } as const satisfies Record<ExplainedMember["state"], string>;
  return `${title} ${states[state]}${peers ? peersText(peers) : ""}${viewsText(views ?? [])}`;
}

function peersText({ mode, rule }: ExplainedPeers): string {
  const why = rule === "" ? "as no PeerAuthentication says otherwise" : rule;
  const modes = {
    strict: "takes mutual TLS only",
    permissive: "takes plaintext, too",
    disable: "is called without mutual TLS",
  } as const satisfies Record<ExplainedPeers["mode"], string>;
  return `; it ${modes[mode]} (${why})`;
}

function outcomeLine({ outcome, backends }: ExplainedRequest): string {
  if (outcome.kind === "answer") {
    return `The proxy answers by itself, with cause ${outcome.cause}: ${outcome.reason}.`;
  }
  if (outcome.kind === "reply") return replyText(outcome);
  const chosen = backends.find(({ isChosen }) => isChosen)?.target;
  if (chosen?.kind !== "service") return "The request is forwarded to one of these backends.";
  const { namespace, service, subset } = chosen;
  const title = `${namespace}/${service}${subset === "" ? "" : ` subset ${subset}`}`;
  return `The request is forwarded to ${title}, to ${pickedText(chosen.policy?.balancer)}.`;
}

function replyText(outcome: Extract<ExplainedOutcome, { kind: "reply" }>): string {
  const { reply, status, location, bodyBytes } = outcome;
  const what = {
    redirect: `a redirect to ${location}`,
    direct: `an answer of ${bodyBytes} bytes`,
    preflight: "what pages of other origins may do",
  } as const satisfies Record<typeof reply, string>;
  return `The proxy answers by itself, as the rule says: ${status}, ${what[reply]}.`;
}
