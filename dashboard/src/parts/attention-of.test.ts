import assert from "node:assert/strict";
import { test } from "node:test";
import { bookshopView } from "#dashboard/sample/bookshop-view.ts";
import { attentionOf } from "./attention-of.ts";

test("what the control plane says of itself wants attention, failures before warnings", () => {
  const view = bookshopView(10);
  const hint = "Requests don't need it";
  const detail = "Cannot keep the history in history.db: the disk is full";
  const full = { name: "the history is kept", state: "warning", detail, hint } as const;
  const root = {
    name: "the root certificate is valid",
    state: "failure",
    detail: "",
    hint,
  } as const;
  const concerns = attentionOf({ ...view, checks: [full, root] });
  const found = concerns.filter(({ key }) => key.startsWith("check "));
  assert.deepEqual(
    found.map(({ tone, what }) => [tone, what]),
    [
      ["bad", "Not so: the root certificate is valid"],
      ["warn", `Not so: the history is kept. ${detail}`],
    ],
  );
});

test("a workload that should have a proxy wants attention, one that was left out doesn't", () => {
  const web = { namespace: "shop", name: "web", kind: "Deployment", remedy: "restart it" };
  const unmeshed = [
    { ...web, reason: "started-before" },
    { ...web, name: "cron", reason: "namespace-not-enabled" },
  ] as const;
  const concerns = attentionOf({ ...bookshopView(10), unmeshed });
  assert.deepEqual(
    concerns.filter(({ key }) => key.startsWith("unmeshed ")).map(({ tone, what }) => [tone, what]),
    [["warn", "Deployment shop/web should have a proxy: it has pods without one"]],
  );
});
