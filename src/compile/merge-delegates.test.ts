import assert from "node:assert/strict";
import { test } from "node:test";
import type { RouteRule } from "#ir/route.ts";
import { compile } from "./compile.ts";
import {
  type RuleSketch,
  sampleBackendRef,
  sampleModel,
  sampleService,
  sampleVirtualService,
} from "./sample-model.ts";

const prefix = (value: string) => ({ path: { kind: "prefix", value } as const });

function compiled(
  root: RuleSketch,
  own: readonly (RuleSketch & Partial<Pick<RouteRule, "shape" | "traffic">>)[],
  more: Partial<Pick<RouteRule, "shape" | "traffic">> = {},
  exportTo?: readonly string[],
) {
  const route = sampleVirtualService("root", [root, {}]);
  const [first, second] = route.rules;
  const delegate = { namespace: "bookshop", name: "own" };
  const rules = [{ ...first!, backends: [], delegate, ...more }, second!];
  const { origin, rules: plain } = sampleVirtualService("own", own);
  const ownRules = plain.map((rule, i) => {
    const { shape, traffic } = own[i]!;
    return { ...rule, ...(shape && { shape }), ...(traffic && { traffic }) };
  });
  const { snapshot, diagnostics } = compile(
    sampleModel({
      services: [sampleService("reviews"), sampleService("ratings")],
      routes: [{ ...route, rules }],
      delegates: [{ ...delegate, origin, rules: ownRules, ...(exportTo && { exportTo }) }],
    }),
    [],
    1,
  );
  const { routes } = snapshot.outbound.get("bookshop/reviews/9080")!;
  return {
    routes,
    codes: diagnostics.map(({ code }) => code).filter((code) => code !== "WEFT206"),
  };
}

test("a delegate's rules take what both match, and stand where the root's rule stood", () => {
  const { routes, codes } = compiled({ matches: [prefix("/a")] }, [
    { matches: [prefix("/a/b")], backends: [sampleBackendRef("ratings")] },
    {},
  ]);
  assert.deepEqual(codes, []);
  assert.deepEqual(
    routes.map(({ name, rule, matches }) => [name, rule, matches[0]?.path?.value]),
    [
      ["VirtualService bookshop/own", 0, "/a/b"],
      ["VirtualService bookshop/own", 1, "/a"],
      ["VirtualService bookshop/root", 1, undefined],
    ],
  );
});

test("a match that is no part of the root's takes nothing, and is told", () => {
  for (const match of [
    prefix("/b"),
    prefix("/"),
    { path: { kind: "regex", value: "/a.*" } as const },
    { ...prefix("/a"), ignoresPathCase: true as const },
    { ...prefix("/a"), method: "POST" },
    { ...prefix("/a"), port: 80 },
  ]) {
    const root = { matches: [{ ...prefix("/a"), method: "GET", port: 9080 }] };
    const { routes, codes } = compiled(root, [{ matches: [match] }]);
    assert.deepEqual([routes.length, codes], [1, ["WEFT207"]], JSON.stringify(match));
  }
});

test("what the delegate leaves out the root says, part by part", () => {
  const timeouts = { requestMs: 5000, tryMs: 0, span: "waiting" } as const;
  const edits = (name: string) => ({ remove: [], add: [], set: [[name, "1"]] as const });
  const { routes } = compiled(
    {},
    [
      { shape: { request: edits("own") }, traffic: { fault: { delay: { share: 1, ms: 9 } } } },
      {
        shape: { path: { kind: "full", value: "/own" } },
        traffic: { timeouts: { ...timeouts, requestMs: 1 } },
      },
    ],
    {
      shape: { request: edits("root"), path: { kind: "full", value: "/root" } },
      traffic: { timeouts, mirrors: [] },
    },
  );
  const [one, two] = routes;
  assert.deepEqual(one?.shape?.request?.set, [["own", "1"]]);
  assert.deepEqual(one?.shape?.path, { kind: "full", value: "/root" });
  assert.equal(one?.traffic?.timeouts?.requestMs, 5000);
  assert.equal(one?.traffic?.fault?.delay?.ms, 9);
  assert.deepEqual(two?.shape?.path, { kind: "full", value: "/own" });
  assert.deepEqual(two?.shape?.request?.set, [["root", "1"]]);
  assert.equal(two?.traffic?.timeouts?.requestMs, 1);
});

test("one that isn't exported to the root's namespace, or isn't there, leaves its rule out", () => {
  const { routes, codes } = compiled({ matches: [prefix("/a")] }, [{}], {}, ["elsewhere"]);
  assert.deepEqual([routes.length, codes], [1, ["WEFT201"]]);
});
