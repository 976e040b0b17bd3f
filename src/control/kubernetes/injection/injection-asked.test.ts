import assert from "node:assert/strict";
import { test } from "node:test";
import { injectionAsked } from "./injection-asked.ts";
import { namespaceOf, podOf } from "./injection-fixture.ts";

type Marks = Record<string, string>;

const asked = (labels: Marks, annotations: Marks, ofNamespace: Marks, itsAnnotations: Marks = {}) =>
  injectionAsked(podOf({ labels, annotations }), namespaceOf(ofNamespace, itsAnnotations));

test("a namespace asks for all of its pods, in three dialects", () => {
  const word = (labels: Marks, annotations: Marks = {}) =>
    asked({}, {}, labels, annotations).answer;
  assert.equal(word({}), "unasked");
  assert.equal(word({ "weft.dev/inject": "enabled" }), "asked");
  assert.equal(word({ "istio-injection": "enabled" }), "asked");
  assert.equal(word({ "linkerd.io/inject": "enabled" }), "asked");
  assert.equal(word({}, { "linkerd.io/inject": "enabled" }), "asked");
  assert.equal(word({ "istio-injection": "disabled" }), "declined");
});

test("a pod's own word counts before its namespace's", () => {
  const enabled = { "weft.dev/inject": "enabled" };
  assert.equal(asked({ "sidecar.istio.io/inject": "false" }, {}, enabled).answer, "declined");
  assert.equal(asked({}, { "linkerd.io/inject": "disabled" }, enabled).answer, "declined");
  const disabled = { "weft.dev/inject": "disabled" };
  const { answer, by } = asked({}, { "sidecar.istio.io/inject": "true" }, disabled);
  assert.deepEqual([answer, by], ["asked", "annotation sidecar.istio.io/inject of the pod"]);
});

test("our word counts before others', a label before an annotation", () => {
  const own = { "weft.dev/inject": "disabled" };
  assert.equal(asked({ ...own, "sidecar.istio.io/inject": "true" }, {}, {}).answer, "declined");
  const other = { "weft.dev/inject": "enabled" };
  assert.equal(asked(other, own, {}).answer, "asked");
});

test("a wrong word is told and passed over, Linkerd's mode for ingresses is told", () => {
  const wrong = asked({ "weft.dev/inject": "yes" }, {}, { "istio-injection": "enabled" });
  assert.equal(wrong.answer, "asked");
  assert.match(wrong.warnings.join(), /weft\.dev\/inject of the pod: found "yes", must be one of/);
  const ingress = asked({}, { "linkerd.io/inject": "ingress" }, {});
  assert.equal(ingress.answer, "asked");
  assert.match(ingress.warnings.join(), /"ingress" is read as "enabled"/);
});
