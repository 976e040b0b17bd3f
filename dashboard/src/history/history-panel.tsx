// How something did over time, without Prometheus: from the control plane's own history.

import { useState } from "preact/hooks";
import type { HistoryAnswer } from "#api/history.ts";
import { ErrorNote } from "#dashboard/parts/error-note.tsx";
import { Panel } from "#dashboard/parts/panel.tsx";
import { steady } from "#dashboard/parts/steady.ts";
import { bytesText } from "#dashboard/text/bytes-text.ts";
import { coreShareText } from "#dashboard/text/core-share-text.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { shareText } from "#dashboard/text/share-text.ts";
import { Chart } from "./chart.tsx";
import { type HistoryQuestion, useHistory } from "./use-history.ts";

const MINUTE_MS = 60_000;
const SPANS = [
  ["5 min", 5 * MINUTE_MS],
  ["15 min", 15 * MINUTE_MS],
  ["1 h", 60 * MINUTE_MS],
  ["6 h", 360 * MINUTE_MS],
  ["7 d", 7 * 24 * 60 * MINUTE_MS],
] as const;

export function HistoryPanel({ question }: { readonly question: HistoryQuestion }) {
  const [spanMs, setSpanMs] = useState<number>(SPANS[0][1]);
  const answer = useHistory(question, spanMs);
  return (
    <Panel id="over-time" title="Over time" note="kept by the control plane, without Prometheus">
      <fieldset class="actions">
        <legend class="hidden">How far back</legend>
        {SPANS.map(([text, ms]) => (
          <button
            key={text}
            type="button"
            aria-pressed={ms === spanMs}
            onClick={() => setSpanMs(ms)}
          >
            {text}
          </button>
        ))}
      </fieldset>
      {answer?.kind === "error" && <ErrorNote error={answer.error} />}
      {answer?.kind === "ok" && answer.value.notice !== null && (
        <p class="error-note">{answer.value.notice}</p>
      )}
      {answer?.kind === "ok" && <Charts history={answer.value} />}
    </Panel>
  );
}

// Drawn again with the next answer, not with every second.
const Charts = steady(({ history }: { readonly history: HistoryAnswer }) => {
  const { at, lines } = history;
  const [line] = lines;
  if (!line) return <p class="empty">Nothing was recorded in this time.</p>;
  const isProxied = line.cpuMsPerSecond.some((value) => value !== null);
  return (
    <div class="charts">
      <Chart
        title="Requests per second"
        at={at}
        text={(value) => (value === null ? "–" : rateText(value))}
        lines={[{ name: "all", tone: "accent", values: line.rps }]}
      />
      <Chart
        title="Success"
        at={at}
        most={1}
        text={shareText}
        lines={[{ name: "", tone: "good", values: line.successRate }]}
      />
      <Chart
        title="Latency"
        at={at}
        text={latencyText}
        lines={[
          { name: "p50", tone: "faint", values: line.latencyP50Ms },
          { name: "p95", tone: "accent", values: line.latencyP95Ms },
          { name: "p99", tone: "violet", values: line.latencyP99Ms },
        ]}
      />
      <Chart
        title="In flight"
        at={at}
        text={(value) => (value === null ? "–" : String(Math.round(value)))}
        lines={[{ name: "most", tone: "accent", values: line.inFlight }]}
      />
      {isProxied && (
        <Chart
          title="CPU of its proxies"
          at={at}
          text={(value) => (value === null ? "–" : coreShareText(value))}
          lines={[{ name: "", tone: "accent", values: line.cpuMsPerSecond }]}
        />
      )}
      {isProxied && (
        <Chart
          title="Memory of its proxies"
          at={at}
          text={(value) => (value === null ? "–" : bytesText(value))}
          lines={[{ name: "", tone: "violet", values: line.memoryBytes }]}
        />
      )}
    </div>
  );
});
