// One tapped request with all that is known of it, and the ways on.

import { CommandLine } from "#dashboard/parts/command-line.tsx";
import { Panel } from "#dashboard/parts/panel.tsx";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { askedPlace } from "#dashboard/way/place.ts";
import { TappedBodyView } from "./tapped-body-view.tsx";
import type { TapRow } from "./tapped-requests.ts";

type Props = { readonly row: TapRow; readonly close: () => void };
type Pair = readonly [name: string, value: string];

export function TapDetail({ row, close }: Props) {
  const { request, answer, end } = row;
  const id = request.headers.find(([name]) => name === "x-request-id")?.[1];
  return (
    <Panel id="detail" title={`${request.method} ${request.path}`} note={request.id}>
      <div class="actions">
        {id !== undefined && (
          <a class="button primary" href={askedPlace("explain", { id })}>
            Why did it go there?
          </a>
        )}
        <a class="button" href={askedPlace("explain", questionOf(row))}>
          Ask the same now
        </a>
        <button type="button" onClick={close}>
          Close
        </button>
      </div>
      <Pairs title="Request" pairs={aboutRequest(row)} />
      <Pairs title="Its headers" pairs={request.headers} />
      {answer && <Pairs title="Headers of the answer" pairs={answer.headers} />}
      {end && <Pairs title="End" pairs={aboutEnd(row)} />}
      {end?.bodies && (
        <>
          <TappedBodyView title="Body of the request" body={end.bodies.request} />
          <TappedBodyView title="Body of the answer" body={end.bodies.response} />
        </>
      )}
      {id !== undefined && <CommandLine text={`weft explain ${id}`} />}
    </Panel>
  );
}

function Pairs({ title, pairs }: { readonly title: string; readonly pairs: readonly Pair[] }) {
  return (
    <>
      <h3>{title}</h3>
      <dl class="pairs">
        {pairs.map(([name, value], i) => (
          <div key={`${i} ${name}`}>
            <dt>{name}</dt>
            <dd>{value || <span class="faint">–</span>}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}

function aboutRequest({ request, answer }: TapRow): readonly Pair[] {
  const { source, destination, service, route, authority, scheme, isMutualTls } = request;
  return [
    ["from", `${source.namespace}/${source.workload} ${source.identity} ${source.address}`],
    ["to", `${destination.namespace}/${destination.workload} ${destination.address}`],
    ["identity", destination.identity],
    ["service", service],
    ["route", route],
    ["authority", `${scheme}://${authority}`],
    ["secured", isMutualTls ? "mTLS" : "no"],
    ["answered after", answer ? latencyText(answer.latencyMs) : "no answer yet"],
  ];
}

function aboutEnd({ end }: TapRow): readonly Pair[] {
  const { durationMs, status, requestBytes, responseBytes, grpcStatus, cause } = end!;
  return [
    ["after", latencyText(durationMs)],
    ["status", status === 0 ? "none" : String(status)],
    ["gRPC status", grpcStatus],
    ["cause", cause],
    ["bytes", `${requestBytes} sent, ${responseBytes} received`],
  ];
}

function questionOf({ request }: TapRow): Readonly<Record<string, string>> {
  const { source, service, authority, method, path, headers } = request;
  const hidden = headers.filter(([name, value]) => !name.startsWith("x-") && value.length < 200);
  return {
    from: source.workload,
    to: service.includes(":") ? service : authority,
    method,
    path,
    headers: hidden.map(([name, value]) => `${name}: ${value}`).join("\n"),
  };
}
