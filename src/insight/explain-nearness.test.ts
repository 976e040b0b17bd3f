import assert from "node:assert/strict";
import { test } from "node:test";
import { compile } from "#compile/compile.ts";
import {
  sampleModel,
  sampleRegistration,
  sampleService,
  sampleWorkload,
} from "#compile/sample-model.ts";
import type { Locality } from "#ir/locality.ts";
import type { Service } from "#ir/model.ts";
import { explain } from "./explain.ts";
import { explanationText } from "./explanation-text.ts";

const BY_ZONE: Locality = {
  ...{ kind: "tiers", isByPlace: false, regions: [] },
  labels: [{ name: "topology.kubernetes.io/zone" }],
};
const SHARES: Locality = {
  kind: "shares",
  rules: [
    {
      from: "eu/a",
      to: [
        ["eu/a", 80],
        ["eu/b", 20],
      ],
    },
  ],
};

test("near endpoints are told before those that follow as they fail", () => {
  const text = textFor({ locality: BY_ZONE });
  const near = "near ones first: bookshop/reviews-v1; then, as far as those fail, ";
  assert.ok(
    text.includes(`${near}bookshop/reviews-v2, bookshop/reviews-v3 (the caller is in eu/a`),
  );
});

test("shares by place are told with who gets none", () => {
  const text = textFor({ locality: SHARES });
  assert.match(text, /shared by place: 80 % to bookshop\/reviews-v1; 20 % to bookshop\/reviews-v2/);
  assert.match(text, /never bookshop\/reviews-v3: the caller is in eu\/a, and they get no share/);
});

test("who is not on the caller's node is told as out of reach, and who is left decides", () => {
  const text = textFor({ isNodeLocal: true });
  assert.match(
    text,
    /never bookshop\/reviews-v2, bookshop\/reviews-v3: they are not on the caller's/,
  );
  const nobody = textFor({ isNodeLocal: true }, ["n1", "n2", "n3"]);
  assert.match(nobody, /cause no-endpoint: None of the workloads .* where the caller may go/);
});

test("a caller of whom nobody knows where it is asks anybody", () => {
  const text = textFor({ locality: SHARES }, undefined, null);
  assert.doesNotMatch(text, /shared by place|never/);
});

function textFor(
  service: Partial<Service>,
  nodes: readonly string[] = ["", "n2", "n3"],
  from: string | null = "web",
): string {
  const reviews = ["eu.a", "eu.b", "us.c"].map((place, i) => {
    const labels = new Map([
      ["app", "reviews"],
      ["istio-locality", place],
      ["kubernetes.io/hostname", nodes[i]!],
    ]);
    return sampleWorkload(`reviews-v${i + 1}`, { labels });
  });
  const web = sampleWorkload("web", { labels: new Map([["istio-locality", "eu.a"]]) });
  const services = [sampleService("reviews", service)];
  const model = sampleModel({ services, workloads: [...reviews, web] });
  const registrations = reviews.map((workload, i) =>
    sampleRegistration(workload, { address: `127.64.0.${i + 1}` }),
  );
  const { snapshot } = compile(model, registrations, 1);
  const answer = explain(snapshot, model, { to: "reviews.bookshop:9080", ...(from && { from }) });
  assert.ok(answer.kind === "ok");
  return explanationText(answer.value);
}
