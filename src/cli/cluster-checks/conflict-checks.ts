// other-meshes: would another mesh put its proxy beside ours?

import type { CheckCategory } from "#api/check-result.ts";
import { namedText, passed, warned } from "./check-of.ts";
import { type CheckWorld, textIn } from "./check-world.ts";

const CONFIGURATIONS = "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations";
const INJECTORS: readonly (readonly [mesh: string, name: RegExp])[] = [
  ["Istio", /^(istio-sidecar-injector|istio-revision-tag)/],
  ["Linkerd", /^linkerd-proxy-injector/],
  ["Kuma", /^kuma-admission-mutating/],
  ["Consul", /consul.*connect-injector/],
];

export async function conflictChecks({ api }: CheckWorld): Promise<CheckCategory> {
  const name = "no other mesh injects proxies into pods";
  const listing = await api.list(CONFIGURATIONS);
  const category = (check: ReturnType<typeof passed>) => ({
    name: "other-meshes",
    checks: [check],
  });
  if (listing.kind === "failed") {
    return category(
      warned(name, listing.reason, "See `kubectl get mutatingwebhookconfigurations`"),
    );
  }
  const found = listing.items.flatMap((item) => {
    const called = textIn(item, "metadata", "name");
    return INJECTORS.filter(([, pattern]) => pattern.test(called)).map(([mesh]) => mesh);
  });
  if (found.length === 0) return category(passed(name));
  const hint =
    "Weft heeds their labels, too: take istio-injection, istio.io/rev and linkerd.io/inject from " +
    "namespaces that shall be Weft's, and label them weft.dev/inject=enabled";
  return category(warned(name, `found ${namedText([...new Set(found)])}`, hint));
}
