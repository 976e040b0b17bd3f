import assert from "node:assert/strict";
import { test } from "node:test";
import { chartTemplate } from "./chart-template.ts";
import { asJson, joined, optional, value } from "./template.ts";

test("holes become actions that print JSON, wherever they are", () => {
  const object = {
    replicas: value("control.replicas"),
    image: joined(":", "image.repository", "image.tag"),
    env: [{ name: "A", value: asJson("proxy") }],
  };
  assert.equal(
    chartTemplate({ object }),
    [
      "replicas: {{ toJson .Values.control.replicas }}",
      'image: {{ toJson (printf "%v:%v" .Values.image.repository .Values.image.tag) }}',
      "env:",
      "  - name: A",
      "    value: {{ toJson (toJson .Values.proxy) }}",
      "",
    ].join("\n"),
  );
});

test("what is optional has no line of its own where it is empty", () => {
  assert.equal(
    chartTemplate({ object: { spec: { affinity: optional("control.affinity"), x: 1 } } }),
    [
      "spec:",
      "{{- with .Values.control.affinity }}",
      "  affinity: {{ toJson . }}",
      "{{- end }}",
      "  x: 1",
      "",
    ].join("\n"),
  );
});

test("an object that a value wants is there only then", () => {
  const text = chartTemplate({ when: "mesh", object: { kind: "MeshConfig" } });
  assert.equal(text, "{{- if .Values.mesh }}\nkind: MeshConfig\n{{- end }}\n");
});
