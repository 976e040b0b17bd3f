// docs/reference/injection.md against the code: every annotation has its row, with what it does.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { IGNORED_ANNOTATIONS } from "#control/kubernetes/injection/ignored-annotations.ts";
import { NAMESPACE_WORDS, POD_WORDS } from "#control/kubernetes/injection/injection-asked.ts";
import { NAMES, SYSTEM_NAMESPACES } from "#control/kubernetes/injection/names.ts";
import {
  OPTION_ANNOTATIONS,
  OWN_PREFIX,
} from "#control/kubernetes/injection/option-annotations.ts";
import { podTemplateOf } from "#control/kubernetes/injection/pod-templates.ts";

const reference = readFileSync("docs/reference/injection.md", "utf8");

const code = (names: readonly string[] = []) =>
  names.map((name) => `\`${name}\``).join(", ") || "-";

test("every annotation that is honoured has its row, in the order of the table", () => {
  const rows = OPTION_ANNOTATIONS.map(({ name, aliases, sets, expected }) => {
    return `| \`${name.replace(OWN_PREFIX, "")}\` | ${sets} | ${expected} | ${code(aliases)} |`;
  });
  assert.ok(reference.includes(`${rows.join("\n")}\n`), rows.join("\n"));
});

test("every annotation that isn't honoured has its row, with the reason", () => {
  const rows = IGNORED_ANNOTATIONS.map(({ name, why, holds }) => {
    return `| \`${name}\` | ${why} | ${code(holds)} |`;
  });
  assert.ok(reference.includes(`${rows.join("\n")}\n`), rows.join("\n"));
});

test("every word that asks or declines stands there with its values", () => {
  const [, table = ""] = reference.split("## Who gets one");
  for (const words of [POD_WORDS, NAMESPACE_WORDS]) {
    for (const { name, yes, no } of words) {
      const row = table.split("\n").find((line) => line.includes(`\`${name}\``)) ?? "";
      for (const value of [...yes, ...no])
        assert.ok(row.includes(`\`${value}\``), `${name} ${value}`);
    }
  }
});

test("names, namespaces and kinds are as the code has them", () => {
  const { initContainer, proxyContainer, stateVolume, tokenVolume } = NAMES;
  const marks = [NAMES.proxyLabel, NAMES.statusAnnotation, NAMES.warningsAnnotation];
  const names = [initContainer, proxyContainer, stateVolume, tokenVolume, ...marks];
  for (const name of [...names, ...SYSTEM_NAMESPACES]) assert.ok(reference.includes(name), name);
  const [, list = ""] = /the proxy added to (.*?) and Lists/.exec(reference) ?? [];
  const kinds = list.split(", ").map((kind) => kind.replace(/s$/, ""));
  assert.equal(kinds.length, 9);
  for (const kind of kinds) {
    const template = { spec: { containers: [] } };
    const spec = { template, jobTemplate: { spec: { template } }, containers: [] };
    assert.ok(podTemplateOf({ kind, spec }), kind);
  }
});
