// An application that tells what it saw, and readers of raw answers.

import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { Socket } from "node:net";

export function echoHeads(): Server {
  return createServer(({ url, headers }, answer) => answer.end(JSON.stringify({ url, headers })));
}

export async function headOf(socket: Socket): Promise<string> {
  let text = "";
  while (!text.includes("\r\n\r\n")) text += String((await once(socket, "data"))[0]);
  return text;
}

// Of an answer that says how long it is.
export async function bodyOf(socket: Socket): Promise<string> {
  let text = await headOf(socket);
  const length = Number(/content-length: (\d+)/i.exec(text)?.[1] ?? Number.NaN);
  assert.ok(length >= 0, text);
  const start = text.indexOf("\r\n\r\n") + 4;
  while (text.length < start + length) text += String((await once(socket, "data"))[0]);
  return text.slice(start);
}

// Until the peer ends, or breaks off.
export function wholeOf(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    socket.on("data", (bytes: Buffer) => {
      text += bytes.toString("latin1");
    });
    for (const over of ["end", "close"]) socket.once(over, () => resolve(text));
  });
}
