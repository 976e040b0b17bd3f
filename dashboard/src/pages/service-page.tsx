// One service: its rules in the order tried, with what each did; weights that can be moved; what
// is behind it.

import type { ADMIN_PATHS } from "#api/admin-paths.ts";
import type { MeshView } from "#api/mesh-view.ts";
import type { ServiceDetail, ServicePortDetail } from "#api/service-detail.ts";
import { useAnswer } from "#dashboard/ask/use-answer.ts";
import { useRole } from "#dashboard/ask/use-role.ts";
import { HistoryPanel } from "#dashboard/history/history-panel.tsx";
import { CommandLine } from "#dashboard/parts/command-line.tsx";
import { ErrorNote } from "#dashboard/parts/error-note.tsx";
import { Panel } from "#dashboard/parts/panel.tsx";
import { FaultForm } from "#dashboard/service/fault-form.tsx";
import { Members } from "#dashboard/service/members.tsx";
import { RuleCard } from "#dashboard/service/rule-card.tsx";
import { askedPlace } from "#dashboard/way/place.ts";

const PATH: (typeof ADMIN_PATHS)["service"] = "/api/v1/service";

type Props = { readonly namespace: string; readonly name: string; readonly view: MeshView };

export function ServicePage({ namespace, name, view }: Props) {
  const query = new URLSearchParams({ namespace, name });
  const { answer, again } = useAnswer<ServiceDetail>(`${PATH}?${query}`);
  const mayWrite = useRole() === "write";
  return (
    <>
      <Panel id="service" title={name} note={namespace}>
        <div class="actions">
          <a class="button" href={askedPlace("tap", { resource: `svc/${name}` })}>
            Live requests
          </a>
          <a class="button" href={askedPlace("explain", { to: `${name}.${namespace}` })}>
            Explain one
          </a>
          <button type="button" onClick={again}>
            Read again
          </button>
        </div>
        {!answer && <p class="empty">Asking …</p>}
        {answer?.kind === "error" && <ErrorNote error={answer.error} />}
        <CommandLine text={`weft describe service ${name} -n ${namespace}`} />
      </Panel>
      <HistoryPanel question={{ kind: "service", namespace, name }} />
      {answer?.kind === "ok" &&
        answer.value.ports.map((port) => (
          <Port
            key={`${port.port} ${port.callers}`}
            detail={answer.value}
            port={port}
            view={view}
            mayWrite={mayWrite}
            changed={again}
          />
        ))}
      <Panel id="fault" title="Inject a fault" note="for a limited time; it ends by itself">
        <FaultForm namespace={namespace} service={name} mayWrite={mayWrite} changed={again} />
      </Panel>
    </>
  );
}

type PortProps = {
  readonly detail: ServiceDetail;
  readonly port: ServicePortDetail;
  readonly view: MeshView;
  readonly mayWrite: boolean;
  readonly changed: () => void;
};

function Port({ detail, port, view, mayWrite, changed }: PortProps) {
  const seen = port.callers === null ? "" : `, as callers in ${port.callers} see it`;
  const rows = view.routes.filter(({ service }) => {
    const { namespace, name } = detail;
    return service.namespace === namespace && service.name === name && service.port === port.port;
  });
  const id = `port-${port.port}${port.callers ?? ""}`;
  return (
    <Panel id={id} title={`Port ${port.port}`} note={`${port.protocol}${seen}`}>
      <h3>Rules, in the order tried</h3>
      <ol class="rule-cards">
        {port.rules.map((rule) => (
          <RuleCard
            key={`${rule.name} ${rule.rule}`}
            rule={rule}
            rows={rows.filter((row) => row.route === rule.name && row.rule === rule.rule)}
            mayWrite={mayWrite}
            changed={changed}
          />
        ))}
      </ol>
      <h3>Behind it</h3>
      <Members members={port.members} />
    </Panel>
  );
}
