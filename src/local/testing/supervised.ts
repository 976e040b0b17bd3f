// The child's end of the lifeline, for the scripted children of the tests.

import { Socket } from "node:net";
import { SUPERVISOR_DESCRIPTOR } from "#main/bootstrap.ts";

export type Supervised = { send(event: unknown): void };

export function supervised(receive: (value: unknown) => void): Supervised {
  const lifeline = new Socket({ fd: SUPERVISOR_DESCRIPTOR, readable: true, writable: true });
  let rest = "";
  lifeline.on("data", (chunk) => {
    const lines = (rest + chunk.toString()).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) receive(JSON.parse(line));
  });
  lifeline.on("end", () => process.exit(0));
  lifeline.on("error", () => process.exit(0));
  return { send: (event) => void lifeline.write(`${JSON.stringify(event)}\n`) };
}
