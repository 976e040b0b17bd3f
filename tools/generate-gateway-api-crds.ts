// Takes the definitions of Gateway API's kinds (experimental channel) from its Go module, whole but
// for the descriptions: with those, `kubectl apply` could not note what it applied last (an
// annotation has at most 256 KiB). Needs `go` and its module proxy; writes
// src/install/data/gateway-api-crds.json.
//
//   node tools/generate-gateway-api-crds.ts

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { downloadModule } from "./download-module.ts";
import { withoutDescriptions } from "./without-descriptions.ts";

const MODULE = "sigs.k8s.io/gateway-api";
const VERSION = "v1.6.3";
const CHANNEL = "experimental";
const OUTPUT = "src/install/data/gateway-api-crds.json";

const folder = downloadModule(MODULE, VERSION);
const license = readFileSync(join(folder, "LICENSE"), "utf8");
if (!license.includes("Apache License")) throw new Error(`${MODULE} has another license`);
const definitions = join(folder, "config/crd", CHANNEL);
const files = readdirSync(definitions).filter((name) => name.startsWith("gateway."));
const objects = files
  .sort()
  .flatMap((name) => parseAllDocuments(readFileSync(join(definitions, name), "utf8")))
  .map((document) => document.toJS() as { readonly kind: string } | null)
  .filter((object) => object?.kind === "CustomResourceDefinition")
  .map((object) => withoutDescriptions(object));
const head = { module: MODULE, version: VERSION, channel: CHANNEL, license: "Apache-2.0" };
// One definition a line.
const lines = objects.map((object) => JSON.stringify(object)).join(",\n");
writeFileSync(OUTPUT, `${JSON.stringify(head).slice(0, -1)},"objects":[\n${lines}\n]}\n`);
