// The application behind `back`: what it does is in the path of a request.

import type { DownstreamStream, RequestAcceptor, RequestEvents } from "#proxy/exchange/exchange.ts";
import { asksForTunnel, type RequestHead } from "#proxy/exchange/heads.ts";
import { Http1ServerConnection } from "#proxy/http1/server-connection.ts";
import { Http2ServerConnection } from "#proxy/http2/server-connection.ts";
import type { MemoryStream } from "#proxy/transport/memory-stream.ts";
import type { VirtualMesh } from "./virtual-mesh.ts";

const HELLO = Buffer.from("hello");
const NO_EVENTS: RequestEvents = { data() {}, end() {}, fail() {}, drained() {} };

export class Backend implements RequestAcceptor {
  readonly #mesh: VirtualMesh;
  // Requests that were asked to wait.
  readonly held: DownstreamStream[] = [];
  readonly connections = new Set<{ drain(): void }>();

  // Requests that were refused, or forgotten, once.
  readonly #asked = new Set<string>();

  constructor(mesh: VirtualMesh) {
    this.#mesh = mesh;
    const { tools } = mesh;
    for (const port of [8080, 9100]) {
      mesh.network.accept(port, (stream) => {
        new Http1ServerConnection(stream, this, tools, () => {});
      });
    }
    mesh.network.accept(8081, (stream) => {
      const connection = new Http2ServerConnection(stream, this, tools, () => {
        this.connections.delete(connection);
      });
      this.connections.add(connection);
    });
    for (const port of [9000, 9200]) mesh.network.accept(port, speakFirst);
  }

  request(head: RequestHead, stream: DownstreamStream): RequestEvents {
    const id = head.headers[head.headers.indexOf("x-request-id") + 1]!;
    if (head.method === "POST") this.#mesh.delivered.push(id);
    // Of a copy nothing is asked.
    const isMirrored = head.authority.includes("-shadow");
    if ((head.path === "/fickle" || head.path === "/late") && !isMirrored && !this.#asked.has(id)) {
      this.#asked.add(id);
      return head.path === "/late" ? NO_EVENTS : { ...NO_EVENTS, end: () => unavailable(stream) };
    }
    if (head.path === "/hold") {
      this.held.push(stream);
      return NO_EVENTS;
    }
    if (head.path === "/early") hello(stream);
    if (head.path === "/early") return NO_EVENTS;
    if (head.path === "/hello") return { ...NO_EVENTS, end: () => hello(stream) };
    if (head.path === "/empty") return { ...NO_EVENTS, end: () => empty(stream) };
    return echo(head, stream);
  }

  refuse() {
    return { status: 400, headers: [], contentLength: 0 };
  }

  answerHeld(): void {
    for (const stream of this.held.splice(0)) hello(stream);
  }
}

// And says good bye.
function speakFirst(stream: MemoryStream): void {
  stream.attach({
    data() {
      stream.write(Buffer.from("bye"));
      stream.end();
    },
    ended: () => stream.end(),
    drained() {},
    closed() {},
  });
  stream.write(Buffer.from("ready"));
}

function hello(stream: DownstreamStream): void {
  stream.respond({ status: 200, headers: [], contentLength: HELLO.length });
  stream.write(HELLO);
  stream.end();
}

function unavailable(stream: DownstreamStream): void {
  stream.respond({ status: 503, headers: [], contentLength: 0 });
  stream.end();
}

function empty(stream: DownstreamStream): void {
  stream.respond({ status: 204, headers: [], contentLength: 0 });
  stream.end();
}

// Whatever comes goes back: a body, a tunnel's bytes, and the end of either.
function echo(head: RequestHead, stream: DownstreamStream): RequestEvents {
  const status = asksForTunnel(head) ? 101 : 200;
  const isGrpc = head.path === "/grpc";
  stream.respond({ status, headers: [], contentLength: isGrpc ? -1 : head.contentLength });
  return {
    data: (chunk) => void (stream.write(chunk) || stream.pause()),
    end: (trailers) => stream.end(isGrpc ? ["grpc-status", "0"] : trailers),
    fail() {},
    drained: () => stream.resume(),
  };
}
