// Stands in for the control plane: orders what `<documents>/orders.json` says, whenever that
// changes, and gives out tokens that say who asked. A file "fatal" there is its end.

import { existsSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import { join } from "node:path";
import type { ControlBootstrap, ControlCommand } from "#main/bootstrap.ts";
import { supervised } from "./supervised.ts";

const LOOK_MS = 30;

let sent = "";
const lifeline = supervised((value) => {
  if (isCommand(value)) answer(value);
  else start(value as ControlBootstrap);
});

function start(bootstrap: ControlBootstrap): void {
  if (existsSync(join(bootstrap.documents, "fatal"))) {
    lifeline.send({ event: "fatal", message: "Cannot read the root key" });
    return;
  }
  createServer((_, response) => response.end(String(process.pid))).listen({
    fd: bootstrap.admin.descriptor,
  });
  lifeline.send({ event: "ready", trust: ["root"], identity: "spiffe://test/control" });
  const look = () => {
    const text = readFileSync(join(bootstrap.documents, "orders.json"), "utf8");
    if (text === sent || text === "") return;
    sent = text;
    lifeline.send({ event: "workloads", workloads: JSON.parse(text) });
  };
  look();
  setInterval(look, LOOK_MS);
}

function answer(command: ControlCommand): void {
  const { id, namespace, workload, serviceAccount } = command;
  lifeline.send({ event: "token", id, token: `${namespace}/${workload} as ${serviceAccount}` });
}

function isCommand(value: unknown): value is ControlCommand {
  return typeof value === "object" && value !== null && "command" in value;
}
