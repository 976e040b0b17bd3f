// How a change went.

import type { Answer } from "#api/answer.ts";
import type { DocumentsApplied } from "#api/documents.ts";
import { ErrorNote } from "#dashboard/parts/error-note.tsx";
import { latencyText } from "#dashboard/text/latency-text.ts";

export function AppliedNote({ applied }: { readonly applied: Answer<DocumentsApplied> }) {
  if (applied.kind === "error") return <ErrorNote error={applied.error} />;
  const { revision, acknowledged, proxies, tookMs } = applied.value;
  const isEverywhere = acknowledged >= proxies;
  return (
    <p class={`applied ${isEverywhere ? "good" : "warn"}`} role="status">
      <span aria-hidden="true">{isEverywhere ? "●" : "▲"}</span> In force as revision {revision}:{" "}
      {acknowledged} of {proxies} proxies have acknowledged it, {latencyText(tookMs)} after it was
      asked for.
    </p>
  );
}
