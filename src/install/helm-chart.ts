// A Helm chart of the same manifests that `weft install` prints. Helm makes the namespace itself,
// and installs what is in crds/ where it is missing.

import type { JsonObject } from "#ir/document.ts";
import { chartTemplate } from "./chart-template.ts";
import { defaultValues, PROFILE_VALUES } from "./default-values.ts";
import { manifestText } from "./manifest-text.ts";
import { controlManifests, gatewayApiCrds } from "./manifests.ts";
import { NAMES } from "./names.ts";
import { configManifest } from "./stored-config.ts";
import type { Manifest } from "./template.ts";
import { closedSchema, VALUES_SCHEMA } from "./values-schema.ts";
import { weftCrds } from "./weft-crds.ts";

export type ChartFile = { readonly path: string; readonly text: string };

const KUBERNETES = ">=1.30.0-0";

// `version`: of Weft, and so of the chart.
export function helmChart(version: string): readonly ChartFile[] {
  const config = configManifest({ version, installedBy: "helm", profile: "default", chosen: {} });
  return [
    { path: "Chart.yaml", text: manifestText(chartOf(version)) },
    { path: "values.yaml", text: `${VALUES_HEAD}${manifestText(defaultValues(version))}` },
    { path: "values-ha.yaml", text: manifestText(PROFILE_VALUES.ha) },
    { path: "values.schema.json", text: `${JSON.stringify(schemaOf(), undefined, 2)}\n` },
    { path: "crds/weft.yaml", text: textOf(weftCrds().map(({ object }) => object)) },
    { path: "crds/gateway-api.yaml", text: textOf(gatewayApiCrds()) },
    { path: "templates/namespace.yaml", text: NAMESPACE_CHECK },
    ...[config, ...controlManifests()].map(templateFile),
  ];
}

const VALUES_HEAD = `# What can be chosen.
# values-ha.yaml has what \`weft install --profile ha\` chooses.
# mesh: the spec of the mesh's MeshConfig; empty: none is made.
`;

// Identities have the namespace in them.
const ELSEWHERE = `Weft must be installed in ${NAMES.namespace}: add -n ${NAMES.namespace}`;
const NAMESPACE_CHECK = `{{- if ne .Release.Namespace "${NAMES.namespace}" }}
{{- fail "${ELSEWHERE}" }}
{{- end }}
`;

function chartOf(version: string): JsonObject {
  return {
    ...{ apiVersion: "v2", name: "weft", type: "application", version, appVersion: version },
    description: "Weft, a service mesh: control plane and injector",
    kubeVersion: KUBERNETES,
  };
}

function schemaOf(): object {
  return { $schema: "http://json-schema.org/draft-07/schema#", ...closedSchema(VALUES_SCHEMA) };
}

function templateFile(manifest: Manifest): ChartFile {
  const { kind, metadata } = manifest.object as unknown as {
    readonly kind: string;
    readonly metadata: { readonly name: string };
  };
  const path = `templates/${kind.toLowerCase()}-${metadata.name}.yaml`;
  return { path, text: chartTemplate(manifest) };
}

function textOf(objects: readonly unknown[]): string {
  return objects.map((object) => `---\n${manifestText(object)}`).join("");
}
