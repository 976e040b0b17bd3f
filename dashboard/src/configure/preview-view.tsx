// What a change would do: rules that go and come, by service, and what is wrong with it.

import type { Answer } from "#api/answer.ts";
import type { DocumentsPreview, ServiceChange } from "#api/documents.ts";
import { DiagnosticsList } from "#dashboard/parts/diagnostics-list.tsx";
import { ErrorNote } from "#dashboard/parts/error-note.tsx";
import { servicePlace, workloadPlace } from "#dashboard/way/place.ts";

export function PreviewView({ preview }: { readonly preview: Answer<DocumentsPreview> }) {
  if (preview.kind === "error") return <ErrorNote error={preview.error} />;
  const { services, workloads, diagnostics } = preview.value;
  return (
    <div class="preview" role="status">
      {services.length + workloads.length === 0 && (
        <p class="empty">Nothing that a proxy sees would change.</p>
      )}
      <ul class="changes">
        {services.map((service) => (
          <Service key={keyOf(service)} service={service} />
        ))}
        {workloads.map(({ namespace, name, change }) => (
          <li key={`${namespace}/${name}`}>
            Workload{" "}
            <a href={workloadPlace({ namespace, name })}>
              {namespace}/{name}
            </a>{" "}
            {change}
          </li>
        ))}
      </ul>
      {diagnostics.length > 0 && <DiagnosticsList found={diagnostics} />}
    </div>
  );
}

function Service({ service }: { readonly service: ServiceChange }) {
  const { namespace, name, port, callers, change, before, after } = service;
  return (
    <li>
      Service{" "}
      <a href={servicePlace({ namespace, name })}>
        {namespace}/{name}
      </a>{" "}
      port {port} {change}
      {callers !== null && ` for callers in ${callers}`}
      <pre>
        {before
          .filter((line) => !after.includes(line))
          .map((line) => (
            <del key={line}>{`− ${line}\n`}</del>
          ))}
        {after
          .filter((line) => !before.includes(line))
          .map((line) => (
            <ins key={line}>{`+ ${line}\n`}</ins>
          ))}
      </pre>
    </li>
  );
}

function keyOf({ namespace, name, port, callers }: ServiceChange): string {
  return `${namespace}/${name}:${port}@${callers ?? ""}`;
}
