// Hot path.
//
// What an expression asks of a request, as functions of what is known of it.
//
// As in CEL, what there is none of has no answer: undefined. "Or" and "and" have one where one of
// their parts decides alone.

import { queryOf, withoutQuery } from "#base/path-query.ts";
import type { AccessNumber, AccessTestPlan, AccessText } from "#snapshot/access-test-plan.ts";
import type { AccessEntry } from "./access-entry.ts";

export type AccessTest = (entry: AccessEntry) => boolean | undefined;

type Of<Value> = (entry: AccessEntry) => Value | undefined;

export function accessTest(plan: AccessTestPlan): AccessTest {
  switch (plan.kind) {
    case "constant":
      return () => plan.holds;
    case "mutual-tls":
      return ({ key }) => key?.isMutualTls;
    case "not": {
      const test = accessTest(plan.of);
      return (entry) => negated(test(entry));
    }
    case "and":
      return joined(plan.of.map(accessTest), false);
    case "or":
      return joined(plan.of.map(accessTest), true);
    case "present": {
      const { of } = plan;
      const value = isNumber(of) ? NUMBERS[of] : textOf(of);
      return (entry) => value(entry) !== undefined;
    }
    case "number":
      return numberTest(NUMBERS[plan.of], plan.is, plan.than);
    case "text":
      return textTest(textOf(plan.of), plan.is, plan.than);
  }
}

function negated(answer: boolean | undefined): boolean | undefined {
  return answer === undefined ? undefined : !answer;
}

function joined(tests: readonly AccessTest[], decisive: boolean): AccessTest {
  return (entry) => {
    let isOpen = false;
    for (let i = 0; i < tests.length; i++) {
      const answer = tests[i]!(entry);
      if (answer === decisive) return decisive;
      if (answer === undefined) isOpen = true;
    }
    return isOpen ? undefined : !decisive;
  };
}

function numberTest(of: Of<number>, is: NumberIs, than: number): AccessTest {
  const compare = COMPARE[is];
  return (entry) => {
    const value = of(entry);
    return value === undefined ? undefined : compare(value, than);
  };
}

type NumberIs = Extract<AccessTestPlan, { kind: "number" }>["is"];

const COMPARE: Readonly<Record<NumberIs, (value: number, than: number) => boolean>> = {
  "==": (value, than) => value === than,
  "!=": (value, than) => value !== than,
  "<": (value, than) => value < than,
  "<=": (value, than) => value <= than,
  ">": (value, than) => value > than,
  ">=": (value, than) => value >= than,
};

function textTest(of: Of<string>, is: TextIs, than: string): AccessTest {
  const compare = COMPARE_TEXT[is];
  return (entry) => {
    const value = of(entry);
    return value === undefined ? undefined : compare(value, than);
  };
}

type TextIs = Extract<AccessTestPlan, { kind: "text" }>["is"];

const COMPARE_TEXT: Readonly<Record<TextIs, (value: string, than: string) => boolean>> = {
  "==": (value, than) => value === than,
  "!=": (value, than) => value !== than,
  contains: (value, than) => value.includes(than),
  startsWith: (value, than) => value.startsWith(than),
  endsWith: (value, than) => value.endsWith(than),
};

const NUMBERS: Readonly<Record<AccessNumber, Of<number>>> = {
  response_code: ({ status }) => (status === 0 ? undefined : status),
  grpc_status: ({ grpcStatus }) => (grpcStatus === "" ? undefined : Number(grpcStatus)),
  bytes_received: ({ bytesReceived }) => bytesReceived,
  bytes_sent: ({ bytesSent }) => bytesSent,
  duration: ({ durationMs }) => durationMs,
};

function isNumber(of: AccessNumber | AccessText): of is AccessNumber {
  return typeof of === "string" && Object.hasOwn(NUMBERS, of);
}

const TEXTS: Readonly<Record<Extract<AccessText, string>, Of<string>>> = {
  method: ({ head }) => head.method,
  target: ({ head }) => head.path,
  path: ({ head }) => withoutQuery(head.path),
  query: ({ head }) => queryOf(head.path),
  authority: ({ head }) => head.authority,
  scheme: ({ head }) => head.scheme,
  upstream_host: ({ endpoint }) => (endpoint === "" ? undefined : endpoint),
};

function textOf(of: AccessText): Of<string> {
  if (typeof of === "string") return TEXTS[of];
  const { header } = of;
  return ({ head: { headers } }) => {
    for (let i = 0; i < headers.length; i += 2) if (headers[i] === header) return headers[i + 1];
    return undefined;
  };
}
