// A child's end of the descriptor that its supervisor holds: JSON lines both ways. When it ends,
// the supervisor is gone, and so is the reason to run.

import { Socket } from "node:net";
import { SUPERVISOR_DESCRIPTOR } from "./bootstrap.ts";

const LINE_BYTES_MAX = 4 * 1024 * 1024;

export type Lifeline = { tell(event: object): void };

export type LifelineEvents = {
  // The first line is the bootstrap.
  line(value: unknown): void;
  ended(): void;
};

export function holdLifeline(events: LifelineEvents): Lifeline {
  const socket = new Socket({ fd: SUPERVISOR_DESCRIPTOR, readable: true, writable: true });
  let text = "";
  socket.setEncoding("utf8");
  socket.on("data", (part: string) => {
    text += part;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      const line = text.slice(0, end);
      text = text.slice(end + 1);
      events.line(JSON.parse(line));
    }
    if (text.length > LINE_BYTES_MAX) socket.destroy();
  });
  socket.on("error", () => {});
  socket.on("close", () => events.ended());
  socket.on("end", () => socket.destroy());
  return { tell: (event) => void (socket.writable && socket.write(`${JSON.stringify(event)}\n`)) };
}
