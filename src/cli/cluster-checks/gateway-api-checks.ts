// gateway-api-crd: are Gateway API's kinds there, whose are they, and of which version?

import type { Check, CheckCategory } from "#api/check-result.ts";
import { GATEWAY_API } from "#install/manifests.ts";
import { failed, namedText, passed, warned } from "./check-of.ts";
import { type CheckWorld, findObject, textIn } from "./check-world.ts";
import { compareVersions } from "./compare-versions.ts";

const GROUP = "gateway.networking.k8s.io";
const NEEDED = ["httproutes", "grpcroutes", "tlsroutes", "tcproutes", "referencegrants"];
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const OURS = `${GATEWAY_API.version} ${GATEWAY_API.channel}`;

type Bundle = { readonly name: string; readonly version: string; readonly channel: string };

// `isInstalled`: they must be there; before, `weft install` brings them.
export async function gatewayApiChecks(
  world: CheckWorld,
  isInstalled: boolean,
): Promise<CheckCategory> {
  const found = await Promise.all(
    NEEDED.map(async (resource): Promise<Bundle | undefined> => {
      const definition = await findObject(world, `${DEFINITIONS}/${resource}.${GROUP}`);
      if (definition.kind !== "found") return undefined;
      const said = (what: string) =>
        textIn(definition.object, "metadata", "annotations", `${GROUP}/${what}`);
      return { name: resource, version: said("bundle-version"), channel: said("channel") };
    }),
  );
  const bundles = found.filter((bundle) => bundle !== undefined);
  const missing = NEEDED.filter((name) => !bundles.some((bundle) => bundle.name === name));
  const checks = isInstalled ? installedChecks(bundles, missing) : [freeCheck(bundles)];
  return { name: "gateway-api-crd", checks };
}

function installedChecks(bundles: readonly Bundle[], missing: readonly string[]): Check[] {
  const there = "Gateway API's kinds that Weft reads are installed";
  const hint = "Apply `weft install --crds`, or the experimental channel of Gateway API";
  const presence =
    missing.length === 0 ? passed(there) : warned(there, `missing: ${namedText(missing)}`, hint);
  const old = bundles.filter(({ version }) => compareVersions(version, GATEWAY_API.version) < 0);
  const name = `Gateway API is at least ${GATEWAY_API.version}`;
  if (old.length === 0) return [presence, passed(name, textOf(bundles))];
  return [presence, warned(name, `found ${textOf(old)}`, "Apply `weft install --crds`")];
}

function freeCheck(bundles: readonly Bundle[]): Check {
  const name = `Gateway API ${OURS} can be installed`;
  if (bundles.length === 0) return passed(name, "none is installed");
  const isNewer = bundles.some(({ version }) => compareVersions(version, GATEWAY_API.version) > 0);
  const detail = `found ${textOf(bundles)}`;
  const keep = "Keep it: `weft install --skip-gateway-api-crds`";
  if (isNewer) return failed(name, detail, keep);
  if (bundles.every((bundle) => textOf([bundle]) === OURS)) return passed(name, detail);
  return warned(name, detail, `${keep}; without that flag it is replaced by ${OURS}`);
}

function textOf(bundles: readonly Bundle[]): string {
  return namedText([
    ...new Set(bundles.map(({ version, channel }) => `${version || "?"} ${channel || "?"}`)),
  ]);
}
