import assert from "node:assert/strict";
import { test } from "node:test";
import type { UnmeshedReason } from "#api/unmeshed-workload.ts";
import { LIMITS } from "#base/limits.ts";
import { checkMesh, type MeshHealth, quietTroubles } from "./check-mesh.ts";

const NAME = "pods take mutual TLS only";
const HEALTHY: MeshHealth = {
  ...{ wallMs: 0, revision: 1, rootNotAfterMs: 1e15, certificateLifeMs: 1e6 },
  ...{
    workloads: [],
    diagnostics: [],
    historyTrouble: undefined,
    tracesTrouble: undefined,
    spansDropped: 0,
    dropping: [],
    takingPlaintext: undefined,
    unmeshed: undefined,
    logs: "",
  },
};

test("who takes plaintext is named once, whichever of its pods do, and what closes it", () => {
  const web = {
    ...{ namespace: "shop", name: "web" },
    serviceAccount: "web",
    app: "",
    version: "",
  };
  const found = checkOf([web, web, { ...web, name: "cart" }]);
  assert.equal(found?.state, "warning");
  assert.equal(found.detail, "plaintext, too: shop/web, shop/cart");
  assert.match(found.hint ?? "", /PeerAuthentication with mode STRICT/);
});

test("where all is closed it passes, and where nothing could come it isn't asked", () => {
  assert.equal(checkOf([])?.state, "pass");
  assert.equal(checkOf(undefined), undefined);
});

test("pods that should have a proxy are a trouble, those that were left out are counted", () => {
  const old = { ...{ namespace: "shop", name: "web" }, kind: "Deployment", remedy: "restart web" };
  const row = (reason: UnmeshedReason, name: string) => ({ ...old, name, reason });
  const found = (unmeshed: MeshHealth["unmeshed"]) =>
    checkMesh({ ...HEALTHY, unmeshed })
      .categories.flatMap(({ checks }) => checks)
      .find(({ name }) => name === "pods are in the mesh");
  const left = [row("namespace-not-enabled", "cron"), row("host-network", "node")];
  assert.equal(found(undefined), undefined);
  assert.equal(found([])?.state, "pass");
  const passing = found(left);
  assert.equal(passing?.state, "pass");
  assert.equal(passing.detail, "2 workloads without a proxy: shop/cron, shop/node");
  const many = Array.from({ length: LIMITS.unmeshedToldMax }, (_, i) => {
    return row("opted-out", `cron-${i}`);
  });
  assert.match(found(many)?.detail ?? "", /^at least 200 workloads without a proxy: /);
  const warning = found([row("started-before", "web"), ...left]);
  assert.equal(warning?.state, "warning");
  assert.equal(warning.detail, "should have a proxy: shop/web");
  assert.match(warning.hint ?? "", /restart web/);
});

test("an application that drops traces is a trouble that nobody need ask for", () => {
  assert.deepEqual(quietTroubles(HEALTHY), []);
  const dropping = [{ namespace: "shop", name: "cart" }];
  const [trouble] = quietTroubles({ ...HEALTHY, dropping });
  assert.equal(trouble?.state, "warning");
  assert.equal(trouble.detail, "not so: shop/cart");
  assert.match(trouble.hint ?? "", /weft analyze.*WEFT401/);
});

function checkOf(takingPlaintext: MeshHealth["takingPlaintext"]) {
  const { categories } = checkMesh({ ...HEALTHY, takingPlaintext });
  return categories.flatMap(({ checks }) => checks).find(({ name }) => name === NAME);
}
