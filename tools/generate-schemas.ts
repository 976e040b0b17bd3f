// Takes the schemas of Gateway API's and Istio's kinds from the CRDs inside their Go modules, and
// keeps what a machine needs of them: structure without descriptions, and without `status`, which
// controllers write. Needs `go` and its module proxy; writes src/control/schemas/data.
//
//   node tools/generate-schemas.ts

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import type { CrdSchema, Crds } from "#control/schemas/crd-schema.ts";
import { downloadModule } from "./download-module.ts";
import { withoutDescriptions } from "./without-descriptions.ts";

type Origin = { readonly module: string; readonly version: string; readonly files: string[] };

const GATEWAY_API_KINDS = "grpcroutes httproutes referencegrants tcproutes tlsroutes";
const ORIGINS: Readonly<Record<string, Origin>> = {
  "gateway-api": {
    module: "sigs.k8s.io/gateway-api",
    version: "v1.6.3",
    files: GATEWAY_API_KINDS.split(" ").map(
      (kinds) => `config/crd/experimental/gateway.networking.k8s.io_${kinds}.yaml`,
    ),
  },
  istio: {
    module: "istio.io/api",
    version: "v1.32.0",
    files: ["kubernetes/customresourcedefinitions.gen.yaml"],
  },
};
// Of the file that has all of Istio's.
const ISTIO_KINDS = [
  ...["DestinationRule", "PeerAuthentication", "ServiceEntry", "Sidecar", "VirtualService"],
  ...["Telemetry", "WorkloadEntry", "WorkloadGroup"],
];
// Both modules: see the file LICENSE in each.
const LICENSE = "Apache-2.0";

type Definition = {
  readonly kind: string;
  readonly spec: {
    readonly group: string;
    readonly names: { readonly kind: string };
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly schema: { readonly openAPIV3Schema: CrdSchema };
    }[];
  };
};

for (const [name, origin] of Object.entries(ORIGINS)) {
  const folder = downloadModule(origin.module, origin.version);
  const license = readFileSync(join(folder, "LICENSE"), "utf8");
  if (!license.includes("Apache License")) throw new Error(`${origin.module} has another license`);
  const definitions = origin.files.flatMap((file) => readDefinitions(join(folder, file)));
  const crds: Crds = {
    ...{ module: origin.module, version: origin.version, license: LICENSE },
    kinds: definitions.filter(isWanted).flatMap(schemasOf),
  };
  writeFileSync(`src/control/schemas/data/${name}.json`, `${JSON.stringify(crds, undefined, 1)}\n`);
}

function readDefinitions(file: string): Definition[] {
  const documents = parseAllDocuments(readFileSync(file, "utf8"));
  const objects = documents.map((document) => document.toJS() as Definition | null);
  return objects.filter((object) => object !== null).filter(isDefinition);
}

function isDefinition({ kind }: Definition): boolean {
  return kind === "CustomResourceDefinition";
}

function isWanted({ spec }: Definition): boolean {
  return !spec.group.endsWith(".istio.io") || ISTIO_KINDS.includes(spec.names.kind);
}

// One for each schema: most versions of a kind share theirs.
function schemasOf({ spec }: Definition): Crds["kinds"] {
  const served = spec.versions.filter((version) => version.served);
  const texts = served.map(({ name, schema }) => {
    const { spec: own = {} } = schema.openAPIV3Schema.properties ?? {};
    return { name, text: JSON.stringify(withoutDescriptions(own)) };
  });
  return [...Map.groupBy(texts, ({ text }) => text)].map(([text, same]) => ({
    ...{ group: spec.group, kind: spec.names.kind, versions: same.map(({ name }) => name) },
    spec: JSON.parse(text) as CrdSchema,
  }));
}
