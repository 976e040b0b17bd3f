// One workload: how it does, who talks to it and to whom it talks, what its proxy holds.

import type { EdgeRow } from "#api/edge-row.ts";
import type { MeshView } from "#api/mesh-view.ts";
import type { WorkloadRow } from "#api/workload-row.ts";
import { HistoryPanel } from "#dashboard/history/history-panel.tsx";
import { rowKey } from "#dashboard/memory/keys.ts";
import type { MeshMemory } from "#dashboard/memory/mesh-memory.ts";
import { CommandLine } from "#dashboard/parts/command-line.tsx";
import { Figures } from "#dashboard/parts/figures.tsx";
import { Panel } from "#dashboard/parts/panel.tsx";
import { Readiness } from "#dashboard/parts/readiness.tsx";
import { ScrollRegion } from "#dashboard/parts/scroll-region.tsx";
import { Success } from "#dashboard/parts/success.tsx";
import { durationText } from "#dashboard/text/duration-text.ts";
import { latencyText } from "#dashboard/text/latency-text.ts";
import { rateText } from "#dashboard/text/rate-text.ts";
import { askedPlace, servicePlace, workloadPlace } from "#dashboard/way/place.ts";

type Props = {
  readonly namespace: string;
  readonly name: string;
  readonly view: MeshView;
  readonly memory: MeshMemory;
};

export function WorkloadPage({ namespace, name, view, memory }: Props) {
  const key = rowKey({ namespace, name });
  const workload = view.workloads.find((row) => rowKey(row) === key);
  if (!workload) {
    return (
      <p class="notice">
        The mesh has no workload {key} now. <a href="#/">All workloads</a>
      </p>
    );
  }
  const stat = view.stat.find((row) => rowKey(row) === key);
  const is = (end: EdgeRow["source"]) => end.namespace === namespace && end.workload === name;
  return (
    <>
      <Panel id="workload" title={name} note={namespace}>
        <div class="actions">
          <Readiness workload={workload} />
          <a class="button" href={askedPlace("tap", { resource: `deploy/${name}` })}>
            Live requests
          </a>
          <a class="button" href={askedPlace("explain", { from: name })}>
            Explain one
          </a>
        </div>
        <Figures stat={stat} samples={memory.samples.get(key) ?? []} untilMs={memory.atMs} />
        <CommandLine text={`weft stat deploy/${name} -n ${namespace} -o wide`} />
      </Panel>
      <HistoryPanel question={{ kind: "workload", namespace, name }} />
      <Panel id="callers" title="Who calls it">
        <Edges edges={memory.edges.filter(({ destination }) => is(destination))} of="source" />
      </Panel>
      <Panel id="calls" title="Whom it calls">
        <Edges edges={memory.edges.filter(({ source }) => is(source))} of="destination" />
      </Panel>
      <Panel id="proxy" title="Its proxy">
        <About workload={workload} view={view} />
      </Panel>
    </>
  );
}

type EdgesProps = { readonly edges: readonly EdgeRow[]; readonly of: "source" | "destination" };

function Edges({ edges, of }: EdgesProps) {
  if (edges.length === 0) return <p class="empty">Nobody in the last minutes.</p>;
  return (
    <ScrollRegion label="Calls, table">
      <table class="calls">
        <thead>
          <tr>
            <th scope="col" class="name">
              Workload
            </th>
            <th scope="col">Identity</th>
            <th scope="col" class="number wide">
              Secured
            </th>
            <th scope="col" class="number wide">
              Success
            </th>
            <th scope="col" class="number">
              RPS
            </th>
            <th scope="col" class="number">
              p99
            </th>
          </tr>
        </thead>
        <tbody>
          {edges.map((edge) => {
            const { namespace, workload, identity } = edge[of];
            return (
              <tr key={`${namespace}/${workload} ${identity}`}>
                <th scope="row" class="name">
                  {workload === "" ? (
                    "outside the mesh"
                  ) : (
                    <a href={workloadPlace({ namespace, name: workload })}>{workload}</a>
                  )}
                </th>
                <td>
                  <code>{identity || "none"}</code>
                </td>
                <td class={`number ${edge.isSecured ? "" : "bad"}`}>
                  {edge.isSecured ? "mTLS" : "plain"}
                </td>
                <td class="number">
                  <Success rate={edge.successRate} />
                </td>
                <td class="number">{rateText(edge.rps)}</td>
                <td class="number">{latencyText(edge.latencyP99Ms)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </ScrollRegion>
  );
}

type AboutProps = { readonly workload: WorkloadRow; readonly view: MeshView };

function About({ workload, view }: AboutProps) {
  const { certificateExpiresAtMs: endsMs, revision, namespace, services } = workload;
  const behind = revision !== null && revision < view.status.revision;
  return (
    <dl class="pairs">
      <Pair name="identity" value={workload.identity ?? "none yet"} />
      <div>
        <dt>certificate</dt>
        <dd>{endsMs === null ? "none yet" : `ends in ${durationText(endsMs - view.atMs)}`}</dd>
      </div>
      <div>
        <dt>revision</dt>
        <dd class={behind ? "warn" : ""}>
          {revision ?? "none"}
          {behind && ` (the mesh is at ${view.status.revision})`}
        </dd>
      </div>
      <Pair name="version of the proxy" value={workload.proxyVersion ?? "unknown"} />
      <Pair name="address" value={workload.address ?? "none"} />
      <Pair
        name="restarts"
        value={workload.restarts === null ? "not counted" : String(workload.restarts)}
      />
      <div>
        <dt>services</dt>
        <dd>
          {services.length === 0 && "none"}
          {services.map((name) => (
            <a key={name} class="chip" href={servicePlace({ namespace, name })}>
              {name}
            </a>
          ))}
        </dd>
      </div>
    </dl>
  );
}

function Pair({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
