// One decision from top to bottom: who asks for what, the rules in the order tried with what each
// missed, the backends by weight, their endpoints, and what comes out.

import type {
  ExplainedBackend,
  ExplainedMember,
  ExplainedOutcome,
  ExplainedRule,
  Explanation,
} from "#api/explanation.ts";
import { servicePlace, workloadPlace } from "#dashboard/way/place.ts";
import { TrafficLines } from "./traffic-lines.tsx";

export function DecisionView({ explanation }: { readonly explanation: Explanation }) {
  if (explanation.kind === "unknown-destination") {
    const { reason, suggestions } = explanation;
    return (
      <div class="decision">
        <p class="step bad">
          <strong>Nobody answers to that.</strong> {reason}
        </p>
        {suggestions.length > 0 && <p class="step">Perhaps {suggestions.join(", ")}?</p>}
      </div>
    );
  }
  const { request, service, rules, rulesNotReached, backends, traffic, outcome } = explanation;
  return (
    <ol class="decision" aria-label="The decision, step by step">
      <li class="step">
        <strong>{request.from ?? "Any caller"}</strong> sends{" "}
        <code>
          {request.method} {request.path}
        </code>{" "}
        to <code>{request.to}</code>
        {request.headers.length > 0 && (
          <span class="faint"> with {request.headers.map(([name]) => name).join(", ")}</span>
        )}
      </li>
      <li class="step">
        which is service{" "}
        <a href={servicePlace(service)}>
          {service.namespace}/{service.name}
        </a>{" "}
        port {service.port} <span class="faint">(revision {explanation.revision})</span>
      </li>
      <li class="step">
        <span class="title">Rules, in the order tried</span>
        <ul class="rules">
          {rules.map((rule) => (
            <Rule key={`${rule.name} ${rule.rule}`} rule={rule} />
          ))}
        </ul>
        {rulesNotReached > 0 && <span class="faint">{rulesNotReached} more not reached</span>}
      </li>
      {traffic && (
        <li class="step">
          <span class="title">What it wants of the way</span>
          <TrafficLines traffic={traffic} />
        </li>
      )}
      {backends.length > 0 && (
        <li class="step">
          <span class="title">Backends</span>
          {backends.map((backend, i) => (
            <Backend key={`${i} ${backend.weight}`} backend={backend} />
          ))}
        </li>
      )}
      <Outcome outcome={outcome} backends={backends} />
    </ol>
  );
}

function Rule({ rule }: { readonly rule: ExplainedRule }) {
  const { name, rule: index, ruleName, file, line, isMatched, isForAll, misses } = rule;
  return (
    <li class={isMatched ? "matched" : "missed"}>
      <span class="sign" aria-hidden="true">
        {isMatched ? "✓" : "✗"}
      </span>{" "}
      <strong>{name}</strong>
      {name !== "default" && ` rule ${index}`}
      {ruleName !== "" && ` “${ruleName}”`}
      {file !== null && (
        <code class="faint">
          {" "}
          {file}:{line}
        </code>
      )}{" "}
      {isMatched ? (isForAll ? "takes everything" : "takes it") : "misses it:"}
      {misses.map((miss) => (
        <span key={`${miss.part} ${miss.name} ${miss.expected}`} class="miss">
          {miss.part} {miss.name} must be <code>{miss.expected}</code>, found{" "}
          {miss.found === null ? "none" : <code>{miss.found}</code>}
        </span>
      ))}
    </li>
  );
}

function Backend({ backend }: { readonly backend: ExplainedBackend }) {
  const { percent, isChosen, target } = backend;
  if (target.kind === "invalid") {
    return (
      <div class="backend bad">
        {percent.toFixed(1)} % <strong>nowhere</strong>: {target.reason}
      </div>
    );
  }
  const subset = target.subset === "" ? "" : ` subset ${target.subset}`;
  return (
    <div class={`backend ${isChosen ? "chosen" : ""}`}>
      <svg class="bar" aria-hidden="true">
        <rect class="all" width="100%" height="100%" rx="3" />
        <rect class="part" width={`${percent}%`} height="100%" rx="3" />
      </svg>
      <span>
        <strong>{percent.toFixed(1)} %</strong>{" "}
        <a href={servicePlace({ namespace: target.namespace, name: target.service })}>
          {target.namespace}/{target.service}
        </a>
        {subset} port {target.port}
        {isChosen && <span class="chip">chosen</span>}
      </span>
      <ul class="members">
        {target.members.map((member) => (
          <Member key={`${member.namespace}/${member.name}`} member={member} />
        ))}
        {target.members.length === 0 && <li class="bad">selects no workload</li>}
      </ul>
    </div>
  );
}

const STATES = {
  ready: ["●", "ready"],
  "not-ready": ["◐", "its application does not pass its probe"],
  "not-joined": ["○", "no proxy speaks for it"],
  "identity-differs": ["◆", "a proxy speaks for it under another identity"],
  unresolved: ["◌", "its name has no address"],
  "port-missing": ["◆", "it has no such port"],
} as const satisfies Record<ExplainedMember["state"], readonly [string, string]>;

function Member({ member }: { readonly member: ExplainedMember }) {
  const { namespace, name, version, state, addresses, views = [] } = member;
  const [sign, meaning] = STATES[state];
  return (
    <li class={state === "ready" ? "ready" : "absent"}>
      <span aria-hidden="true">{sign}</span>{" "}
      <a href={workloadPlace({ namespace, name })}>
        {namespace}/{name}
      </a>
      {version !== "" && <span class="chip">{version}</span>} {meaning}
      {addresses.length > 0 && <code class="faint"> {addresses.join(", ")}</code>}
      {views
        .filter(({ ejectedForMs, isAvoided }) => ejectedForMs > 0 || isAvoided)
        .map(({ seenBy, ejectedForMs }) => (
          <span key={seenBy} class="warn">
            {" "}
            {ejectedForMs > 0
              ? `ejected by ${seenBy} for ${Math.ceil(ejectedForMs / 1000)} s more`
              : `avoided by ${seenBy}: it could not be reached`}
          </span>
        ))}
    </li>
  );
}

type OutcomeProps = {
  readonly outcome: ExplainedOutcome;
  readonly backends: readonly ExplainedBackend[];
};

function Outcome({ outcome, backends }: OutcomeProps) {
  switch (outcome.kind) {
    case "answer":
      return (
        <li class="step outcome bad">
          The proxy answers by itself, <code>{outcome.cause}</code>: {outcome.reason}
        </li>
      );
    case "reply":
      return (
        <li class="step outcome">
          The proxy answers {outcome.status}, as the rule says
          {outcome.location !== null && (
            <>
              {" "}
              with the way to <code>{outcome.location}</code>
            </>
          )}
        </li>
      );
    case "forward":
      return (
        <li class="step outcome good">
          It goes to {backends.length > 1 ? "one of these backends, by weight" : "this backend"},
          over mTLS to its endpoint of least expected delay
        </li>
      );
  }
}
