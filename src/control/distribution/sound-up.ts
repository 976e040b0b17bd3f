// A message of a proxy, held against what one may be: whoever sends it has shown a certificate, but
// that says nothing of what it sends. What a report or a tap carries is looked at where it is kept.

import { LIMITS } from "#base/limits.ts";
import type { Hello, UpMessage } from "#snapshot/messages.ts";

// Beyond any number of milliseconds that a clock will show, and far from where numbers end.
const REVISION_MAX = 2 ** 50;
const TEXT_MAX = 1024;

export function isSoundUp(message: unknown): message is UpMessage {
  if (!isObject(message)) return false;
  switch (message["type"]) {
    case "hello":
      return isSoundHello(message as Unchecked<Hello>);
    case "want":
    case "drop":
      return areTexts(message["keys"], LIMITS.destinationKeyMax);
    case "ack":
      return isRevision(message["revision"]);
    case "nack":
      return isRevision(message["revision"]) && typeof message["reason"] === "string";
    case "state":
      return typeof message["isReady"] === "boolean";
    case "report":
      return isObject(message["report"]);
    default:
      // A newer proxy may say more than we know.
      return typeof message["type"] === "string";
  }
}

type Unchecked<Shape> = { readonly [Name in keyof Shape]?: unknown };

function isSoundHello(hello: Unchecked<Hello>): boolean {
  const { version, workload, address, meshPort, metrics, held, isReady } = hello;
  return (
    isObject(workload) &&
    isText(workload["namespace"]) &&
    isText(workload["name"]) &&
    [version, address, metrics].every((text) => isText(text)) &&
    Number.isInteger(meshPort) &&
    isRevision(hello.revision) &&
    typeof isReady === "boolean" &&
    areTexts(hello.keys, LIMITS.destinationKeyMax) &&
    Array.isArray(held) &&
    held.length <= LIMITS.plansHeldMax + 1 &&
    held.every((plan) => isObject(plan) && isText(plan["id"]) && isText(plan["hash"]))
  );
}

function areTexts(texts: unknown, lengthMax: number): boolean {
  return (
    Array.isArray(texts) &&
    texts.length <= LIMITS.plansHeldMax &&
    texts.every((text) => typeof text === "string" && text.length <= lengthMax)
  );
}

function isText(text: unknown): boolean {
  return typeof text === "string" && text.length <= TEXT_MAX;
}

function isRevision(revision: unknown): boolean {
  return (
    Number.isInteger(revision) && (revision as number) >= 0 && (revision as number) <= REVISION_MAX
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}
