import assert from "node:assert/strict";
import { test } from "node:test";
import type { JsonObject } from "#ir/document.ts";
import { INJECTOR, namespaceOf, podOf } from "./injection/injection-fixture.ts";
import { answerAdmission, readAdmission } from "./review-admission.ts";

const review = (request: JsonObject = {}): JsonObject => ({
  apiVersion: "admission.k8s.io/v1",
  kind: "AdmissionReview",
  request: {
    uid: "0f5c",
    kind: { group: "", version: "v1", kind: "Pod" },
    operation: "CREATE",
    namespace: "shop",
    object: { ...podOf({}), metadata: { generateName: "web-5d9c-" } },
    ...request,
  },
});

test("an injected pod is answered with a JSON patch, what is wrong with it as warnings", () => {
  const annotations = {
    "config.weft.dev/log-level": "loud",
    ["sidecar.istio.io/x".repeat(40)]: "1",
  };
  const reading = readAdmission(review({ object: podOf({ annotations }) }));
  assert.ok(reading.kind === "read");
  const namespace = namespaceOf({ "weft.dev/inject": "enabled" });
  const { response } = answerAdmission(reading.request, namespace, INJECTOR).review as {
    response: { patch: string; warnings: string[] };
  };
  const { patch, warnings, ...rest } = response;
  assert.deepEqual(rest, { uid: "0f5c", allowed: true, patchType: "JSONPatch" });
  const operations = JSON.parse(Buffer.from(patch, "base64").toString());
  assert.deepEqual(
    operations.map(({ op, path }: { op: string; path: string }) => `${op} ${path}`),
    [
      "add /metadata/labels",
      "add /metadata/annotations/weft.dev~1status",
      "add /metadata/annotations/weft.dev~1warnings",
      "add /spec/initContainers",
      "add /spec/volumes",
    ],
  );
  assert.match(warnings[0]!, /^weft: Annotation config\.weft\.dev\/log-level: found "loud"/);
  assert.ok(warnings.every(({ length }) => length <= 250));
});

test("a pod that nobody wants to inject is made as it is", () => {
  const reading = readAdmission(review());
  assert.ok(reading.kind === "read");
  const { review: answer, injection } = answerAdmission(reading.request, namespaceOf(), INJECTOR);
  assert.deepEqual(answer["response"], { uid: "0f5c", allowed: true });
  assert.equal(injection.kind === "skipped" && injection.code, "unasked");
});

test("what is no review of a new pod is refused with what would be right", () => {
  const cases: readonly (readonly [unknown, RegExp])[] = [
    [null, /no JSON object/],
    [[], /no JSON object/],
    [
      { kind: "AdmissionReview", apiVersion: "admission.k8s.io/v1beta1" },
      /admission\.k8s\.io\/v1$/,
    ],
    [review({ uid: 7 }), /request\.uid/],
    [review({ operation: "UPDATE" }), /operation CREATE/],
    [review({ kind: { kind: "Deployment" } }), /kind Pod/],
    [review({ namespace: null }), /request\.namespace/],
    [review({ namespace: "../nodes" }), /request\.namespace/],
    [review({ namespace: "a".repeat(64) }), /request\.namespace/],
    [review({ object: { metadata: { name: "a".repeat(254) } } }), /the pod's name/],
    [review({ uid: "1".repeat(65) }), /request\.uid/],
  ];
  for (const [value, reason] of cases) {
    const reading = readAdmission(value);
    assert.match(reading.kind === "refused" ? reading.reason : "read", reason);
  }
});
