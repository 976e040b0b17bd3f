// Where a peer is to listen, and that it does.

import { connect, createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import type { Child } from "../children.ts";
import { childFailure } from "../subject.ts";

const READY_MS = 10_000;
const LOOK_MS = 20;

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const listener = createServer().once("error", reject);
    listener.listen(0, "127.0.0.1", () => {
      const address = listener.address();
      listener.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

export async function untilListening(child: Child, port: number): Promise<void> {
  for (let ms = 0; ms < READY_MS && child.isRunning; ms += LOOK_MS) {
    if (await accepts(port)) return;
    await wait(LOOK_MS);
  }
  throw childFailure(`Nobody listens on 127.0.0.1:${port}`, child);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const tell = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once("connect", () => tell(true));
    socket.once("error", () => tell(false));
  });
}
