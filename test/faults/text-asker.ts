// Somebody who writes bytes and looks at what comes back.

import type { MemoryStream } from "#proxy/transport/memory-stream.ts";
import { PORTS } from "./sample-mesh.ts";
import { SECRET, type VirtualMesh } from "./virtual-mesh.ts";
import { wholeAnswers } from "./whole-answers.ts";

export class TextAsker {
  readonly #mesh: VirtualMesh;
  readonly stream: MemoryStream;
  text = "";
  hasEnded = false;

  constructor(mesh: VirtualMesh, port: number = PORTS.outbound) {
    this.#mesh = mesh;
    this.stream = mesh.network.connect(port);
    mesh.leaving.push(() => this.stream.destroy());
    this.stream.attach({
      data: (bytes) => {
        this.text += Buffer.from(bytes).toString("latin1");
      },
      ended: () => {
        this.hasEnded = true;
      },
      drained() {},
      closed: () => {
        this.hasEnded = true;
      },
    });
  }

  // What an answer to it may be, if it looks whole.
  expect(body: string): void {
    this.#mesh.checks.push(() =>
      wholeAnswers(this.text)
        .filter((found) => found !== body)
        .map((found) => `an answer of ${found.length} bytes that looks whole`),
    );
  }

  send(latin1: string): void {
    this.stream.write(Buffer.from(latin1, "latin1"));
  }

  // Answers that are complete, if each is "hello".
  get hellos(): number {
    return this.text.split("\r\n\r\nhello").length - 1;
  }
}

// The head of a request for a service of `back`.
export function head(method: string, path: string, fields = "", key = "back.shop:8080"): string {
  return `${method} ${pathTo(path, key)} HTTP/1.1\r\nHost: here\r\n${fields}\r\n`;
}

// The head that asks a sidecar for a tunnel to a service.
export function connect(key: string): string {
  const credentials = Buffer.from(`weft:${SECRET}`).toString("base64");
  const authorization = `Proxy-Authorization: Basic ${credentials}`;
  return `CONNECT ${key} HTTP/1.1\r\nHost: ${key}\r\n${authorization}\r\n\r\n`;
}

export function pathTo(path: string, key: string): string {
  return `/~${SECRET}/${key}${path}`;
}
