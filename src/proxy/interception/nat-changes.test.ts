import assert from "node:assert/strict";
import { test } from "node:test";
import { installText, natDifferences, removalText } from "./nat-changes.ts";

const RULES = ["-A WEFT_INBOUND -p tcp -j RETURN", "-A WEFT_OUTPUT -p tcp -j RETURN"];
const EMPTY = "*nat\n:PREROUTING ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n";
const INSTALLED = `*nat
:PREROUTING ACCEPT [5:300]
:OUTPUT ACCEPT [1:60]
:WEFT_INBOUND - [0:0]
:WEFT_OUTPUT - [0:0]
-A PREROUTING -p tcp -j WEFT_INBOUND
-A OUTPUT -p udp -j OTHERS
-A OUTPUT -p tcp -j WEFT_OUTPUT
${RULES.join("\n")}
COMMIT
`;

test("a first installation makes two chains and one way into each", () => {
  assert.deepEqual(installText(RULES, EMPTY).split("\n"), [
    "*nat",
    ":WEFT_INBOUND - [0:0]",
    ":WEFT_OUTPUT - [0:0]",
    "-A PREROUTING -p tcp -j WEFT_INBOUND",
    "-A OUTPUT -p tcp -j WEFT_OUTPUT",
    ...RULES,
    "COMMIT",
    "",
  ]);
});

test("a second installation takes away the ways of the first, and no rule of others", () => {
  const text = installText(RULES, INSTALLED);
  assert.match(text, /-D PREROUTING -p tcp -j WEFT_INBOUND\n-D OUTPUT -p tcp -j WEFT_OUTPUT\n/);
  assert.doesNotMatch(text, /OTHERS/);
});

test("a removal leaves nothing of ours, and has nothing to do where nothing is", () => {
  assert.equal(removalText(EMPTY), "");
  assert.deepEqual(removalText(INSTALLED).split("\n"), [
    "*nat",
    "-D PREROUTING -p tcp -j WEFT_INBOUND",
    "-D OUTPUT -p tcp -j WEFT_OUTPUT",
    "-F WEFT_INBOUND",
    "-F WEFT_OUTPUT",
    "-X WEFT_INBOUND",
    "-X WEFT_OUTPUT",
    "COMMIT",
    "",
  ]);
});

test("what differs from what should be there is told rule by rule", () => {
  assert.deepEqual(natDifferences(RULES, INSTALLED), []);
  assert.equal(natDifferences(RULES, EMPTY).length, 4);
  const jump = "-A PREROUTING -p tcp -j WEFT_INBOUND";
  const changed = INSTALLED.replace(jump, `${jump}\n${jump}`).replace(
    RULES[1]!,
    "-A WEFT_OUTPUT x",
  );
  assert.deepEqual(natDifferences(RULES, changed), [
    "PREROUTING goes to WEFT_INBOUND 2 times, not once",
    `missing: ${RULES[1]}`,
    "not ours: -A WEFT_OUTPUT x",
  ]);
  const twice = INSTALLED.replace(RULES[0]!, `${RULES[0]}\n${RULES[0]}`);
  assert.equal(natDifferences(RULES, twice).length, 1);
});
