// Tapped requests, the newest first.

import { ScrollRegion } from "#dashboard/parts/scroll-region.tsx";
import { latencyText } from "#dashboard/text/latency-text.ts";
import type { TapRow } from "./tapped-requests.ts";

type Props = {
  readonly rows: readonly TapRow[];
  readonly chosen: string | undefined;
  readonly choose: (id: string) => void;
};

export function TapTable({ rows, chosen, choose }: Props) {
  if (rows.length === 0) return <p class="empty">No request has passed yet.</p>;
  return (
    <ScrollRegion label="Live requests, table">
      <table class="tap">
        <thead>
          <tr>
            <th scope="col" class="name at">
              At
            </th>
            <th scope="col" class="who">
              From
            </th>
            <th scope="col" class="who">
              To
            </th>
            <th scope="col" class="method">
              Method
            </th>
            <th scope="col">Path</th>
            <th scope="col" class="number">
              Status
            </th>
            <th scope="col" class="number wide">
              Latency
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Line
              key={row.request.id}
              row={row}
              isChosen={row.request.id === chosen}
              choose={choose}
            />
          ))}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

type LineProps = {
  readonly row: TapRow;
  readonly isChosen: boolean;
  readonly choose: (id: string) => void;
};

function Line({ row, isChosen, choose }: LineProps) {
  const { request, answer, end } = row;
  const { id, atMs, direction, source, destination, service, method, path, isMutualTls } = request;
  const status = end?.status ?? answer?.status;
  const latencyMs = answer?.latencyMs ?? end?.durationMs ?? null;
  return (
    <tr class={isChosen ? "chosen" : ""}>
      <td class="name at">{timeText(atMs)}</td>
      <td class="who">{source.workload || source.address || "outside"}</td>
      <td class="who">
        {destination.workload || service || destination.address || "nobody"}
        <span class="chip">{direction === "in" ? "taken" : "sent"}</span>
        {!isMutualTls && <span class="chip bad">plain</span>}
      </td>
      <td class="method">{method}</td>
      <td>
        <button type="button" class="link" onClick={() => choose(id)} aria-expanded={isChosen}>
          {path}
        </button>
      </td>
      <td class={`number ${toneOf(status, end?.cause)}`}>{status ?? "…"}</td>
      <td class="number">{latencyText(latencyMs)}</td>
    </tr>
  );
}

const TIME = new Intl.DateTimeFormat("en-GB", {
  ...{ hour: "2-digit", minute: "2-digit", second: "2-digit", fractionalSecondDigits: 3 },
});

function toneOf(status: number | undefined, cause: string | undefined): string {
  if (status === undefined) return "faint";
  return status >= 500 || status === 0 || (cause ?? "") !== "" ? "bad" : "";
}

function timeText(atMs: number): string {
  return TIME.format(atMs);
}
