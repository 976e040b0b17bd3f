// The mesh at a glance; each figure leads to where it is told in full.

import type { MeshView } from "#api/mesh-view.ts";
import { countText } from "#dashboard/text/count-text.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { shareText } from "#dashboard/text/share-text.ts";
import { type Tone, toneOf } from "./tone.ts";
import { totalsOf } from "./totals.ts";

type Tile = {
  readonly to: string;
  readonly name: string;
  readonly value: string;
  readonly note: string;
  readonly tone: Tone;
};

export function Summary({ view }: { readonly view: MeshView }) {
  return (
    <nav class="summary" aria-label="Summary">
      {tilesOf(view).map(({ to, name, value, note, tone }) => (
        <a key={name} class={`tile ${tone}`} href={`#${to}`}>
          <span class="name">{name}</span>
          <strong>{value}</strong>
          <span class="note">{note}</span>
        </a>
      ))}
    </nav>
  );
}

function tilesOf(view: MeshView): readonly Tile[] {
  const { workloads, diagnostics } = view.status;
  const totals = totalsOf(view);
  const allReady = workloads.ready === workloads.declared;
  const allSecured = totals.edges === totals.edgesSecured;
  const found = diagnostics.errors + diagnostics.warnings;
  return [
    {
      to: "workloads",
      name: "Workloads ready",
      value: `${workloads.ready} of ${workloads.declared}`,
      note: `${workloads.meshed} with a proxy`,
      tone: allReady ? "good" : "warn",
    },
    {
      to: "calls",
      name: "Calls per second",
      value: rateText(totals.callsPerSecond),
      note: "between workloads",
      tone: "none",
    },
    {
      to: "calls",
      name: "Success",
      value: shareText(totals.successRate),
      note: SUCCESS_NOTES[toneOf(totals.successRate)],
      tone: toneOf(totals.successRate),
    },
    {
      to: "workloads",
      name: "Slowest p99",
      value: latencyText(totals.slowest?.latencyP99Ms ?? null),
      note: totals.slowest?.name ?? "nothing measured",
      tone: "none",
    },
    {
      to: "calls",
      name: "Mutual TLS",
      value: `${totals.edgesSecured} of ${totals.edges}`,
      note: allSecured ? "edges, no plain text" : "edges, others plain text",
      tone: totals.edges === 0 ? "none" : allSecured ? "good" : "bad",
    },
    {
      to: "diagnostics",
      name: "Diagnostics",
      value: found === 0 ? "None" : countText(diagnostics.errors, "error"),
      note:
        found === 0 ? "every document is in effect" : countText(diagnostics.warnings, "warning"),
      tone: diagnostics.errors > 0 ? "bad" : found > 0 ? "warn" : "good",
    },
  ];
}

const SUCCESS_NOTES = {
  good: "of calls between workloads",
  warn: "some calls fail",
  bad: "many calls fail",
  none: "no calls yet",
} as const satisfies Record<Tone, string>;
