// For tests: a small HTTP server that speaks as an API server does: objects under paths, lists with
// pages, watches with bookmarks, conflicts, and answers gone stale.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";
import { systemClock } from "#base/clock.ts";
import type { ClusterAccess } from "./cluster-access.ts";
import { ClusterApi } from "./cluster-api.ts";
import type { ClusterObject } from "./cluster-object.ts";

type Change = {
  readonly version: number;
  readonly path: string; // of the list
  readonly event: { readonly type: string; readonly object: ClusterObject };
};
type Watcher = { readonly path: string; readonly answer: ServerResponse };

export type SeenRequest = {
  readonly method: string;
  readonly url: string;
  readonly authorization: string | undefined;
  readonly body: string;
};

export class ApiServerFixture {
  readonly requests: SeenRequest[] = [];
  // Answers instead of the store, where it returns true.
  intercept: (request: SeenRequest, answer: ServerResponse) => boolean = () => false;
  // Watches from before this version are gone.
  compactedTo = 0;
  readonly #server: Server;
  readonly #objects = new Map<string, Map<string, ClusterObject>>(); // by list, then by path
  readonly #changes: Change[] = [];
  readonly #watchers = new Set<Watcher>();
  #version = 100;

  // Of exec and portforward.
  upgrade: (request: IncomingMessage, stream: Duplex, head: Buffer) => void = (_, stream) => {
    stream.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n");
  };

  constructor() {
    this.#server = createServer((request, answer) => void this.#serve(request, answer));
    this.#server.on("upgrade", (request, stream, head) => this.upgrade(request, stream, head));
  }

  async listen(port = 0): Promise<this> {
    await new Promise<void>((done) => void this.#server.listen(port, "127.0.0.1", done));
    return this;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get version(): number {
    return this.#version;
  }

  get watching(): readonly string[] {
    return [...this.#watchers].map(({ path }) => path);
  }

  // A client of it, whose time is the system's.
  client(token = "secret"): ClusterApi {
    const access: ClusterAccess = {
      server: new URL(`http://127.0.0.1:${this.port}`),
      ...{ name: "fixture", namespace: "default", trust: {} },
      credentials: async () => ({ authorization: `Bearer ${token}` }),
    };
    const files = { read: () => undefined };
    return new ClusterApi(access, { files, environment: {}, clock: systemClock, random: () => 0 });
  }

  // `list`: "/api/v1/namespaces/shop/pods". Creates or replaces.
  put(list: string, object: object): ClusterObject {
    const { metadata, ...rest } = object as ClusterObject;
    const path = `${list}/${metadata.name}`;
    const known = this.#list(list).get(path);
    this.#version++;
    const stored: ClusterObject = {
      ...rest,
      metadata: {
        uid: known?.metadata.uid ?? `uid-${this.#version}`,
        generation: 1,
        ...metadata,
        ...namespaceIn(list),
        resourceVersion: String(this.#version),
      },
    };
    this.#list(list).set(path, stored);
    this.#tell(list, known ? "MODIFIED" : "ADDED", stored);
    return stored;
  }

  get(path: string): ClusterObject | undefined {
    return this.#list(path.slice(0, path.lastIndexOf("/"))).get(path);
  }

  remove(path: string): void {
    const list = path.slice(0, path.lastIndexOf("/"));
    const known = this.#list(list).get(path);
    if (!known) return;
    this.#list(list).delete(path);
    this.#version++;
    const metadata = { ...known.metadata, resourceVersion: String(this.#version) };
    this.#tell(list, "DELETED", { ...known, metadata });
  }

  bookmark(): void {
    this.#version++;
    const metadata = { name: "", resourceVersion: String(this.#version) };
    const line = `${JSON.stringify({ type: "BOOKMARK", object: { metadata } })}\n`;
    for (const { answer } of this.#watchers) answer.write(line);
  }

  // Ends all watches as a restart does, in the middle.
  breakWatches(): void {
    for (const { answer } of this.#watchers) answer.destroy();
    this.#watchers.clear();
  }

  // Tells watches that what they have seen is too old.
  expireWatches(): void {
    this.compactedTo = this.#version;
    const object = { kind: "Status", code: 410, message: "too old resource version" };
    for (const { answer } of this.#watchers) {
      answer.end(`${JSON.stringify({ type: "ERROR", object })}\n`);
    }
    this.#watchers.clear();
  }

  async close(): Promise<void> {
    this.breakWatches();
    this.#server.closeAllConnections();
    await new Promise<void>((done) => void this.#server.close(() => done()));
  }

  #list(path: string): Map<string, ClusterObject> {
    const known = this.#objects.get(path) ?? new Map<string, ClusterObject>();
    this.#objects.set(path, known);
    return known;
  }

  #tell(list: string, type: string, object: ClusterObject): void {
    const change: Change = { version: this.#version, path: list, event: { type, object } };
    this.#changes.push(change);
    const line = `${JSON.stringify(change.event)}\n`;
    for (const { path, answer } of this.#watchers) {
      if (isWithin(list, path)) answer.write(line);
    }
  }

  async #serve(request: IncomingMessage, answer: ServerResponse): Promise<void> {
    const { method = "GET", url = "/", headers } = request;
    const body = await text(request);
    const seen = { method, url, authorization: headers.authorization, body };
    this.requests.push(seen);
    if (this.intercept(seen, answer)) return;
    const { pathname, searchParams } = new URL(url, "http://fixture");
    if (searchParams.has("watch")) return this.#watch(pathname, searchParams, answer);
    if (method !== "GET") return this.#write(method, pathname, body, headers, answer);
    const one = this.get(pathname);
    if (one) return send(answer, 200, one);
    if (isOne(pathname)) return fail(answer, 404, `${pathname} not found`);
    this.#page(pathname, searchParams, answer);
  }

  #watch(path: string, query: URLSearchParams, answer: ServerResponse): void {
    const from = Number(query.get("resourceVersion"));
    if (from < this.compactedTo) return fail(answer, 410, "too old resource version");
    answer.writeHead(200, { "content-type": "application/json" });
    answer.flushHeaders();
    for (const change of this.#changes) {
      if (change.version <= from || !isWithin(change.path, path)) continue;
      answer.write(`${JSON.stringify(change.event)}\n`);
    }
    const watcher = { path, answer };
    this.#watchers.add(watcher);
    answer.on("close", () => this.#watchers.delete(watcher));
  }

  #page(path: string, query: URLSearchParams, answer: ServerResponse): void {
    const all = [...this.#objects]
      .filter(([list]) => isWithin(list, path))
      .flatMap(([, objects]) => [...objects.values()]);
    const start = Number(query.get("continue") ?? 0);
    const end = start + Number(query.get("limit") ?? all.length);
    const metadata = {
      resourceVersion: String(this.#version),
      ...(end < all.length && { continue: String(end) }),
    };
    send(answer, 200, { kind: "List", metadata, items: all.slice(start, end) });
  }

  #write(
    method: string,
    path: string,
    body: string,
    headers: IncomingMessage["headers"],
    answer: ServerResponse,
  ): void {
    if (method === "DELETE") {
      this.remove(path);
      return send(answer, 200, { kind: "Status", status: "Success" });
    }
    const said = JSON.parse(body) as ClusterObject;
    if (method === "POST") {
      if (this.get(`${path}/${said.metadata.name}`)) return fail(answer, 409, "already exists");
      return send(answer, 201, this.put(path, said));
    }
    const of = path.replace(/\/status$/, "");
    const known = this.get(of);
    const list = of.slice(0, of.lastIndexOf("/"));
    const type = headers["content-type"] ?? "";
    if (!known && type.includes("apply-patch")) return send(answer, 201, this.put(list, said));
    if (!known) return fail(answer, 404, `${of} not found`);
    if (type.includes("json-patch")) {
      const next = patched(known, JSON.parse(body) as readonly Operation[]);
      return next ? send(answer, 200, this.put(list, next)) : fail(answer, 422, "test failed");
    }
    const { resourceVersion } = said.metadata ?? {};
    if (resourceVersion !== undefined && resourceVersion !== known.metadata.resourceVersion) {
      return fail(answer, 409, "the object has been modified");
    }
    const isPatch = type.includes("patch");
    const next = isPatch ? (merged(known, said) as ClusterObject) : { ...known, ...said };
    send(answer, 200, this.put(list, next));
  }
}

type Operation = { readonly op: string; readonly path: string; readonly value: unknown };

// RFC 6902, what of it is used: undefined where a test fails.
function patched(target: ClusterObject, patch: readonly Operation[]): ClusterObject | undefined {
  const object = structuredClone(target);
  for (const { op, path, value } of patch) {
    const parts = path.split("/").slice(1);
    const last = parts.pop()!;
    const holder = parts.reduce<unknown>(
      (at, part) => (at as Record<string, unknown>)[part],
      object,
    ) as Record<string, unknown>;
    if (op !== "test") holder[last] = value;
    else if (holder[last] !== value) return undefined;
  }
  return object;
}

// RFC 7396.
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const old = typeof target === "object" && target !== null ? target : {};
  const result = new Map<string, unknown>(Object.entries(old));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) result.delete(name);
    else result.set(name, merged(result.get(name), value));
  }
  return Object.fromEntries(result);
}

// Lists of one namespace lie within that of all: /api/v1/namespaces/shop/pods in /api/v1/pods.
function isWithin(list: string, asked: string): boolean {
  return list === asked || list.replace(/\/namespaces\/[^/]+(?=\/)/, "") === asked;
}

function namespaceIn(list: string): { readonly namespace?: string } {
  const found = /\/namespaces\/([^/]+)\//.exec(list);
  return found ? { namespace: found[1]! } : {};
}

// "/api/v1/namespaces/shop/pods/web", "/api/v1/nodes/a", "/apis/apps/v1/.../web".
function isOne(path: string): boolean {
  const parts = path.split("/").slice(path.startsWith("/apis/") ? 4 : 3);
  return parts.length % 2 === 0;
}

function send(answer: ServerResponse, status: number, body: object): void {
  answer.writeHead(status, { "content-type": "application/json" });
  answer.end(JSON.stringify(body));
}

function fail(answer: ServerResponse, status: number, message: string): void {
  send(answer, status, { kind: "Status", status: "Failure", code: status, message });
}
