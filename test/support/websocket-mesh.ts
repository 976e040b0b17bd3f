// Real WebSockets through a pair of sidecars: what one end does, the other must see.

import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  createServer as createHttp1,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from "node:http";
import {
  connect,
  createServer as createHttp2,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Server } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocket, type WebSocketOptions, WebSocketServer } from "ws";
import { Http1Face, readHead } from "./http1-face.ts";
import { listenOn } from "./listen-on.ts";
import { type RunningProxy, SECRET, smallMesh } from "./small-mesh.ts";

const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const AUTHORIZATION = `Basic ${Buffer.from(`weft:${SECRET}`).toString("base64")}`;
const NOT_IN_HTTP2 = ["connection", "upgrade", "host", "sec-websocket-accept", "sec-websocket-key"];

export type Way = {
  readonly name: string;
  readonly callerSpeaks: "http/1" | "http/2";
  readonly applicationSpeaks: "http/1" | "http/2";
};

export const WAYS: readonly Way[] = [
  { name: "over HTTP/1", callerSpeaks: "http/1", applicationSpeaks: "http/1" },
  { name: "to an HTTP/2 application", callerSpeaks: "http/1", applicationSpeaks: "http/2" },
  { name: "from an HTTP/2 caller", callerSpeaks: "http/2", applicationSpeaks: "http/1" },
];

// `asked`: what the application was asked with.
export type Opened = { readonly far: WebSocket; readonly asked: IncomingHttpHeaders };
export type Ends = Opened & { readonly near: WebSocket };
export type Asked = { readonly protocols?: readonly string[]; readonly options?: WebSocketOptions };
type After = (run: () => Promise<void>) => void;

export class WebsocketMesh {
  readonly caller: RunningProxy;
  readonly callee: RunningProxy;
  readonly #way: Way;
  readonly #opened: Map<string, (opened: Opened) => void>;
  #opens = 0;

  private constructor(
    way: Way,
    caller: RunningProxy,
    callee: RunningProxy,
    opened: Map<string, (opened: Opened) => void>,
  ) {
    this.#way = way;
    this.caller = caller;
    this.callee = callee;
    this.#opened = opened;
  }

  static async start(way: Way, after: After): Promise<WebsocketMesh> {
    const opened = new Map<string, (opened: Opened) => void>();
    const accepting = new WebSocketServer({
      noServer: true,
      // Small messages, too.
      perMessageDeflate: { threshold: 0 },
      handleProtocols: (asked) => (asked.has("chat.v2") ? "chat.v2" : false),
    });
    const accept = (request: IncomingMessage, socket: Duplex, first: Buffer): void => {
      accepting.handleUpgrade(request, socket, first, (far) => {
        far.on("error", () => {});
        opened.get(String(request.url))?.({ far, asked: request.headers });
      });
    };
    const application =
      way.applicationSpeaks === "http/1" ? http1Application(accept) : http2Application(accept);
    const mesh = await smallMesh(documents(way.applicationSpeaks));
    after(async () => {
      await mesh.close();
      application.close();
    });
    const port = await listenOn(application.server);
    const callee = await mesh.proxy("backend", { application: { declared: 9000, port } });
    const caller = await mesh.proxy("caller");
    return new WebsocketMesh(way, caller, callee, opened);
  }

  // For a caller that isn't ours.
  url(path: string): string {
    return `${this.caller.url("chat:80").replace("http:", "ws:")}${path}`;
  }

  // The application's end of the next one with that path.
  far(path: string): Promise<Opened> {
    return new Promise((resolve) => this.#opened.set(path, resolve));
  }

  dial(path: string, { protocols = [], options = {} }: Asked = {}): WebSocket {
    if (this.#way.callerSpeaks === "http/1") {
      return new WebSocket(this.url(path), protocols, { perMessageDeflate: false, ...options });
    }
    const { address, port } = this.caller.settings.outbound;
    const createConnection = () => overHttp2(`http://${address}:${port}`);
    const own = { perMessageDeflate: false, createConnection, ...options };
    return new WebSocket(`ws://chat${path}`, protocols, own);
  }

  async open(asked: Asked = {}): Promise<Ends> {
    const path = `/${this.#opens++}`;
    const far = this.far(path);
    const near = this.dial(path, asked);
    await once(near, "open");
    near.on("error", () => {});
    return { near, ...(await far) };
  }

  // Of both proxies.
  async connectionsOpen(): Promise<number> {
    const counts = await Promise.all(
      [this.caller, this.callee].map(async ({ settings }) => {
        const { address, port } = settings.metrics;
        const text = await (await fetch(`http://${address}:${port}/metrics`)).text();
        return Number(/weft_connections_open (\d+)/.exec(text)?.[1]);
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }
}

type Accept = (request: IncomingMessage, socket: Duplex, first: Buffer) => void;
type Application = { readonly server: Server; close(): void };

function http1Application(accept: Accept): Application {
  const server = createHttp1((_, answer) => answer.end("plain"));
  server.on("upgrade", accept);
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { server, close };
}

function http2Application(accept: Accept): Application {
  const server = createHttp2({ settings: { enableConnectProtocol: true } });
  const sessions = new Set<ServerHttp2Session>();
  server.on("session", (session) => {
    sessions.add(session);
    session.on("error", () => {});
  });
  server.on("stream", (stream: ServerHttp2Stream, headers) => {
    stream.on("error", () => {});
    if (headers[":protocol"] !== "websocket") {
      stream.respond({ ":status": 200 });
      return void stream.end("plain");
    }
    const face = new Http1Face((head) => {
      const { first, fields } = readHead(head);
      const status = Number(first.split(" ")[1]);
      stream.respond({ ":status": status === 101 ? 200 : status, ...forHttp2(fields) });
      return stream;
    });
    face.listenTo(stream);
    const made = { upgrade: "websocket", "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==" };
    const asked = { method: "GET", url: headers[":path"], headers: { ...headers, ...made } };
    accept(asked as unknown as IncomingMessage, face, Buffer.alloc(0));
  });
  const close = () => {
    server.close();
    for (const session of sessions) session.destroy();
  };
  return { server, close };
}

function overHttp2(url: string): Duplex {
  const session = connect(url);
  session.on("error", () => {});
  const face: Http1Face = new Http1Face((head) => {
    const { first, fields } = readHead(head);
    const key = fields.find(([name]) => name === "sec-websocket-key")?.[1];
    const stream = session.request({
      ...{ ":method": "CONNECT", ":protocol": "websocket", ":path": first.split(" ")[1] },
      ...{ ":scheme": "http", ":authority": "chat:80", "proxy-authorization": AUTHORIZATION },
      ...forHttp2(fields),
    });
    stream.on("response", (answered) => {
      const accept = createHash("sha1").update(`${key}${GUID}`).digest("base64");
      const lines = Object.entries(answered).filter(([name]) => !name.startsWith(":"));
      const status = answered[":status"] === 200 ? 101 : answered[":status"];
      const proof = `upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}`;
      const rest = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
      face.push(`HTTP/1.1 ${status} x\r\n${proof}\r\n${rest}\r\n`);
    });
    face.listenTo(stream);
    stream.on("close", () => session.close());
    return stream;
  });
  return face;
}

function forHttp2(fields: readonly (readonly [string, string])[]): Record<string, string> {
  return Object.fromEntries(fields.filter(([name]) => !NOT_IN_HTTP2.includes(name)));
}

function documents(speaks: Way["applicationSpeaks"]): Record<string, string> {
  const protocol = speaks === "http/1" ? "http" : "http2";
  const text = `
apiVersion: v1
kind: Service
metadata: { name: chat, namespace: shop }
spec:
  selector: { app: backend }
  ports: [{ name: ${protocol}, port: 80, targetPort: 9000 }]
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: caller, namespace: shop, labels: { app: caller } }
spec: { command: ["true"], serviceAccount: caller }
---
apiVersion: weft.dev/v1alpha1
kind: Workload
metadata: { name: backend, namespace: shop, labels: { app: backend } }
spec:
  command: ["true"]
  serviceAccount: backend
  ports: [{ name: ${protocol}, port: 9000, protocol: ${protocol} }]
`;
  return { "mesh.yaml": text };
}
