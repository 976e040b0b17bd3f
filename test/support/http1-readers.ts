// Three readers of HTTP/1 behind sockets: Weft's, Node's and Go's. Each answers every request that
// came whole with what it understood, so that they can be compared from outside.

import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer as createHttp } from "node:http";
import { type AddressInfo, connect, createServer as createTcp, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { systemClock } from "#base/clock.ts";
import { Deadlines } from "#base/deadlines.ts";
import { LimitsInForce } from "#base/limits-in-force.ts";
import type { RequestAcceptor } from "#proxy/exchange/exchange.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { BlockPool } from "#proxy/transport/block-pool.ts";
import type { CodecTools } from "#proxy/transport/codec-tools.ts";
import { socketStream } from "#proxy/transport/socket-stream.ts";
import { TickFlusher } from "#proxy/transport/tick-flusher.ts";

const LOOPBACK = "127.0.0.1";
const SOURCE = join(import.meta.dirname, "go-echo");
const QUIET_MS = 60;

type Understood = {
  readonly method: string;
  readonly target: string;
  readonly host: string;
  readonly headers: readonly string[];
  readonly body: string;
};

export type Reader = { readonly name: string; readonly port: number; close(): void };

export async function weftReader(): Promise<Reader> {
  const tools: CodecTools = {
    clock: systemClock,
    deadlines: new Deadlines(systemClock),
    flusher: new TickFlusher(setImmediate),
    blocks: new BlockPool(),
    limits: new LimitsInForce(),
  };
  const server = createTcp({ allowHalfOpen: true }, (socket) => {
    new Http1ServerConnection(socketStream(socket), understanding, tools, () => {});
  });
  return readerOf("weft", server);
}

const understanding: RequestAcceptor = {
  request(head, stream) {
    let body = "";
    return {
      data: (chunk) => {
        body += Buffer.from(chunk).toString("latin1");
      },
      end() {
        const { method, path: target, authority: host, headers } = head;
        const text = encode({ method, target, host, headers, body });
        stream.respond({ status: 200, headers: [], contentLength: text.length });
        stream.write(text);
        stream.end();
      },
      fail() {},
      drained() {},
    };
  },
  refuse: () => ({ status: 400, headers: [], contentLength: 0 }),
};

export async function nodeReader(): Promise<Reader> {
  const server = createHttp({ insecureHTTPParser: false }, (request, response) => {
    let body = "";
    request.setEncoding("latin1");
    request.on("error", () => {});
    request.on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const { method = "", url: target = "", rawHeaders: headers } = request;
      const host = request.headers.host ?? "";
      const text = encode({ method, target, host, headers, body });
      response.writeHead(200, { "content-length": text.length });
      response.end(text);
    });
  });
  return readerOf("node", server);
}

export async function goReader(): Promise<Reader> {
  const folder = mkdtempSync(join(tmpdir(), "weft-go-echo-"));
  const program = join(folder, "go-echo");
  const path = `${process.env["PATH"]}:/usr/local/go/bin`;
  const env = { ...process.env, PATH: path, GOPROXY: "off", GOTOOLCHAIN: "local" };
  const build = spawnSync("go", ["build", "-o", program, "."], { cwd: SOURCE, env });
  assert.equal(build.status, 0, `go-echo cannot be built: ${build.stderr}`);
  const child = spawn(program, { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(child.stdout, "data");
  const close = () => {
    child.stdin.end();
    rmSync(folder, { recursive: true });
  };
  return { name: "go", port: Number(String(line)), close };
}

async function readerOf(name: string, server: Server): Promise<Reader> {
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  return { name, port: (server.address() as AddressInfo).port, close: () => server.close() };
}

function encode(understood: Understood): Buffer {
  return Buffer.from(JSON.stringify(understood));
}

// What a reader makes of these bytes: the requests that it took for whole, in their common form.
// `text`: one character a byte.
export async function read(
  { port }: Reader,
  text: string,
  quietMs = QUIET_MS,
): Promise<readonly string[]> {
  const socket = connect({ host: LOOPBACK, port });
  const chunks: Buffer[] = [];
  let heardAtMs = performance.now();
  let isOver = false;
  socket.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    heardAtMs = performance.now();
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    isOver = true;
  });
  socket.write(text, "latin1");
  // Who waits for more says nothing.
  while (!isOver && performance.now() - heardAtMs < quietMs) await wait(2);
  socket.destroy();
  return answersIn(Buffer.concat(chunks)).map(normalForm);
}

function answersIn(bytes: Buffer): Understood[] {
  const answers: Understood[] = [];
  let rest = bytes;
  for (let end = rest.indexOf("\r\n\r\n"); end >= 0; end = rest.indexOf("\r\n\r\n")) {
    const head = rest.toString("latin1", 0, end);
    const length = Number(/content-length: *(\d+)/i.exec(head)?.[1] ?? 0);
    const body = rest.subarray(end + 4, end + 4 + length);
    if (/^HTTP\/1\.[01] 200/.test(head)) answers.push(JSON.parse(body.toString()));
    rest = rest.subarray(end + 4 + length);
  }
  return answers;
}

// Hop by hop, or framing: readers differ in what of it they show.
const HOP = /^(host|connection|keep-alive|content-length|transfer-encoding|te|trailer|upgrade)$/;
const HOP_TOO = /^(expect|proxy-connection)$/;

function normalForm({ method, target, host, headers, body }: Understood): string {
  const absolute = /^http:\/\/([^/?]*)(.*)$/.exec(target);
  const fields: string[] = [];
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    if (!HOP.test(name) && !HOP_TOO.test(name)) fields.push(`${name}: ${headers[i + 1]}`);
  }
  return JSON.stringify({
    method,
    target: absolute ? absolute[2] || "/" : target,
    host: absolute ? absolute[1] : host,
    fields: fields.sort(),
    body,
  });
}
