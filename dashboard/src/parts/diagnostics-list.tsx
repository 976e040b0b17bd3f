// What is wrong with documents, errors first: where, what, and what to do.

import type { Diagnostic, Severity } from "#ir/diagnostic.ts";

const SIGNS = { error: "◆", warning: "▲", info: "●" } as const satisfies Record<Severity, string>;
const RANKS = { error: 0, warning: 1, info: 2 } as const satisfies Record<Severity, number>;

export function DiagnosticsList({ found }: { readonly found: readonly Diagnostic[] }) {
  if (found.length === 0) {
    return <p class="empty">None: every document is read, understood and in effect.</p>;
  }
  const sorted = [...found].sort((a, b) => RANKS[a.severity] - RANKS[b.severity]);
  return (
    <ul class="diagnostics">
      {sorted.map((diagnostic, i) => (
        <Finding key={`${i} ${diagnostic.code}`} diagnostic={diagnostic} />
      ))}
    </ul>
  );
}

function Finding({ diagnostic }: { readonly diagnostic: Diagnostic }) {
  const { severity, code, message, remedy, ref, field, position } = diagnostic;
  return (
    <li class={severity}>
      <p class="head">
        <strong class="severity">
          <span aria-hidden="true">{SIGNS[severity]}</span> {severity}
        </strong>
        <span class="code">{code}</span>
        {position && (
          <code>
            {position.file}:{position.line}:{position.column}
          </code>
        )}
        {ref && (
          <span class="faint">
            {ref.kind} {ref.namespace}/{ref.name}
            {field !== undefined && ` · ${field}`}
          </span>
        )}
      </p>
      <p class="message">{message}</p>
      {remedy && (
        <p class="remedy">
          <span class="faint">Remedy</span> {remedy}
        </p>
      )}
    </li>
  );
}
