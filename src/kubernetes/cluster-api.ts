// The API server of a cluster: requests, whole lists, and watches. What went wrong is a value;
// nothing here is retried but what the server never took in.

import type { IncomingMessage } from "node:http";
import { type Clock, systemClock } from "#base/clock.ts";
import { systemFiles } from "#base/file-system.ts";
import { LIMITS } from "#base/limits.ts";
import { pause } from "#base/pause.ts";
import { type Random, systemRandom } from "#base/random.ts";
import { type ApiAnswer, isGood, reasonOf } from "./api-answer.ts";
import { ApiExchange } from "./api-exchange.ts";
import type { AccessReading, AccessSurroundings, ClusterAccess } from "./cluster-access.ts";
import type { ClusterObject } from "./cluster-object.ts";
import { inClusterAccess } from "./in-cluster-access.ts";
import { kubeconfigAccess } from "./kubeconfig-access.ts";
import { readBody } from "./read-body.ts";
import { readWatch } from "./read-watch.ts";
import type { WatchEnd, WatchEvent } from "./watch-event.ts";
import { WebSocket, type WebSocketEvents } from "./web-socket.ts";

export type ClusterOpening =
  | { readonly kind: "opened"; readonly api: ClusterApi }
  | { readonly kind: "refused"; readonly reason: string };

export type ClusterWorld = AccessSurroundings & {
  readonly clock: Clock;
  readonly random: Random;
};

export type Listing =
  | {
      readonly kind: "listed";
      readonly items: readonly ClusterObject[];
      readonly resourceVersion: string;
    }
  | { readonly kind: "failed"; readonly status: number; readonly reason: string };

// `isFirst`: what earlier pages had counts no more.
export type PageReceiver = (items: readonly ClusterObject[], isFirst: boolean) => void;

export type PagesEnd =
  | { readonly kind: "listed"; readonly resourceVersion: string }
  | { readonly kind: "failed"; readonly status: number; readonly reason: string };

export type WebSocketOpening =
  | { readonly kind: "opened"; readonly webSocket: WebSocket }
  | { readonly kind: "failed"; readonly status: number; readonly reason: string };

type Asked = {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly contentType: string;
};
type Opened = { readonly answer: IncomingMessage } | { readonly failure: string };

const GONE = 410;
const RESTARTS_MAX = 3;
const AGAIN_MAX = 3;

const SYSTEM: ClusterWorld = {
  files: systemFiles,
  environment: process.env,
  clock: systemClock,
  random: systemRandom,
};

export class ClusterApi {
  readonly access: ClusterAccess;
  readonly #world: ClusterWorld;
  readonly #exchange: ApiExchange;

  constructor(access: ClusterAccess, world: ClusterWorld = SYSTEM) {
    this.access = access;
    this.#world = world;
    this.#exchange = new ApiExchange(access);
  }

  // By a kubeconfig: that file, else $KUBECONFIG, else ~/.kube/config.
  static async open(
    { kubeconfig, context }: { readonly kubeconfig?: string; readonly context?: string } = {},
    world: ClusterWorld = SYSTEM,
  ): Promise<ClusterOpening> {
    const which = {
      ...(kubeconfig !== undefined && { path: kubeconfig }),
      ...(context !== undefined && { context }),
    };
    return openingOf(await kubeconfigAccess(which, world), world);
  }

  // By the service account of the pod that this process runs in.
  static inCluster(world: ClusterWorld = SYSTEM): ClusterOpening {
    return openingOf(inClusterAccess(world), world);
  }

  // `path`: "/api/v1/namespaces/shop/pods?limit=1". `body`: text or bytes as they are, all else as
  // JSON. A patch needs its content type: "application/merge-patch+json",
  // "application/apply-patch+yaml" (which takes JSON), "application/json-patch+json".
  async request(
    method: string,
    path: string,
    body?: unknown,
    contentType = "application/json",
  ): Promise<ApiAnswer> {
    const asked = { method, path, body, contentType };
    for (let count = 1; ; count++) {
      const answer = await this.#request(asked);
      const { afterMs, ...told } = answer;
      // It says that it is too busy and has not looked at it yet.
      if (told.status !== 429 || afterMs === undefined || count >= AGAIN_MAX) return told;
      await this.#pause(Math.min(afterMs, LIMITS.apiBusyWaitMaxMs));
    }
  }

  // All objects, by pages. Where the pages go stale meanwhile, it begins anew.
  async list(path: string): Promise<Listing> {
    let all: ClusterObject[] = [];
    const end = await this.eachPage(path, (items, isFirst) => {
      if (isFirst) all = [];
      all.push(...items);
    });
    return end.kind === "listed" ? { ...end, items: all } : end;
  }

  // As `list`, for who keeps less than whole objects. `pageObjects`: fewer where they are large.
  async eachPage(
    path: string,
    receive: PageReceiver,
    pageObjects: number = LIMITS.apiPageObjects,
  ): Promise<PagesEnd> {
    let from = "";
    for (let restarts = 0; ; ) {
      const more = from === "" ? "" : `&continue=${encodeURIComponent(from)}`;
      const query = `limit=${pageObjects}${more}`;
      const answer = await this.request("GET", withQuery(path, query));
      if (answer.status === GONE && restarts < RESTARTS_MAX) {
        restarts++;
        from = "";
        continue;
      }
      if (!isGood(answer)) return { kind: "failed", status: answer.status, reason: answer.reason };
      const { items, metadata } = answer.body as ListBody;
      receive(items ?? [], from === "");
      from = metadata?.continue ?? "";
      if (from === "") return { kind: "listed", resourceVersion: metadata?.resourceVersion ?? "" };
    }
  }

  // Every change after `resourceVersion`, until the watch is over. Resolves with why; never
  // rejects. A server that says nothing for long, not even a bookmark, counts as gone.
  async watch(
    path: string,
    resourceVersion: string,
    onEvent: (event: WatchEvent) => void,
    signal: AbortSignal,
    // The server has begun to answer.
    onOpen: () => void = () => {},
  ): Promise<WatchEnd> {
    const seconds = Math.round((LIMITS.apiWatchLifeMs / 1000) * (1 + this.#world.random()));
    const query =
      `watch=1&allowWatchBookmarks=true&timeoutSeconds=${seconds}` +
      `&resourceVersion=${encodeURIComponent(resourceVersion)}`;
    const asked = { method: "GET", path: withQuery(path, query), body: undefined, contentType: "" };
    const ending = new AbortController();
    const end = () => ending.abort();
    signal.addEventListener("abort", end);
    // Until the answer's head comes, or all of one that refuses; after that silence is timed.
    const waiting = this.#world.clock.after(LIMITS.apiRequestTimeoutMs, end);
    try {
      const opened = await this.#open(asked, ending.signal);
      if ("failure" in opened) return { kind: "failed", status: 0, reason: opened.failure };
      const { answer } = opened;
      const status = answer.statusCode ?? 0;
      if (status === 200) {
        waiting.cancel();
        onOpen();
        return await readWatch(answer, resourceVersion, onEvent, this.#world.clock);
      }
      const body = await readBody(answer);
      if (status === GONE) return { kind: "expired" };
      return { kind: "failed", status, reason: reasonOf(status, body) };
    } catch (error) {
      return { kind: "failed", status: 0, reason: messageOf(error) };
    } finally {
      waiting.cancel();
      signal.removeEventListener("abort", end);
      end();
    }
  }

  // Of a subresource that upgrades (exec, portforward). What is received before this resolves is
  // told all the same.
  async openWebSocket(
    path: string,
    protocol: string,
    events: WebSocketEvents,
  ): Promise<WebSocketOpening> {
    const asked = { method: "GET", path, body: undefined, contentType: "" };
    const signal = AbortSignal.timeout(LIMITS.apiRequestTimeoutMs);
    try {
      for (const wasRefused of [false, true]) {
        const credentials = await this.access.credentials(wasRefused);
        const upgrade = await this.#exchange.upgrade({ ...asked, credentials, signal }, protocol);
        if (upgrade.kind === "upgraded") {
          const webSocket = new WebSocket(upgrade.stream, upgrade.head, events);
          return { kind: "opened", webSocket };
        }
        const { statusCode: status = 0 } = upgrade.answer;
        const body = await readBody(upgrade.answer);
        if (status === 401 && !wasRefused) continue;
        return { kind: "failed", status, reason: reasonOf(status, body) };
      }
      return { kind: "failed", status: 401, reason: "the credentials were refused" };
    } catch (error) {
      return { kind: "failed", status: 0, reason: `${this.#where(asked)}: ${messageOf(error)}` };
    }
  }

  close(): void {
    this.#exchange.close();
  }

  async #request(asked: Asked): Promise<ApiAnswer & { readonly afterMs?: number }> {
    const signal = AbortSignal.timeout(LIMITS.apiRequestTimeoutMs);
    try {
      const opened = await this.#open(asked, signal);
      if ("failure" in opened) return { status: 0, body: undefined, reason: opened.failure };
      const { statusCode: status = 0, headers } = opened.answer;
      const body = await readBody(opened.answer);
      const seconds = Number(headers["retry-after"]);
      const afterMs = Number.isFinite(seconds) ? { afterMs: seconds * 1000 } : {};
      return { status, body, reason: reasonOf(status, body), ...afterMs };
    } catch (error) {
      const reason = `${this.#where(asked)}: ${messageOf(error)}`;
      return { status: 0, body: undefined, reason };
    }
  }

  // Credentials that no longer hold are asked for once more. A kept connection that the server
  // closed just then is no answer to a GET either.
  async #open(asked: Asked, signal: AbortSignal): Promise<Opened> {
    let wasRefused = false;
    let wasStale = false;
    for (;;) {
      try {
        const credentials = await this.access.credentials(wasRefused);
        const body = bodyOf(asked.body);
        const answer = await this.#exchange.open({ ...asked, body, credentials, signal });
        if (answer.statusCode !== 401 || wasRefused) return { answer };
        wasRefused = true;
        answer.resume();
      } catch (error) {
        const isStale = (error as NodeJS.ErrnoException).code === "ECONNRESET";
        if (!isStale || wasStale || asked.method !== "GET" || signal.aborted) {
          return { failure: `${this.#where(asked)}: ${messageOf(error)}` };
        }
        wasStale = true;
      }
    }
  }

  #where({ method, path }: Asked): string {
    return `Cannot ${method} ${path} at ${this.access.server.origin}`;
  }

  #pause(delayMs: number): Promise<void> {
    return pause(this.#world.clock, delayMs);
  }
}

type ListBody = {
  readonly items?: readonly ClusterObject[] | null;
  readonly metadata?: { readonly continue?: string; readonly resourceVersion?: string };
};

function openingOf(reading: AccessReading, world: ClusterWorld): ClusterOpening {
  if (reading.kind === "refused") return reading;
  return { kind: "opened", api: new ClusterApi(reading.access, world) };
}

function withQuery(path: string, query: string): string {
  return `${path}${path.includes("?") ? "&" : "?"}${query}`;
}

function bodyOf(body: unknown): string | Uint8Array | undefined {
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array) return body;
  return JSON.stringify(body);
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer in ${LIMITS.apiRequestTimeoutMs} ms`;
  // Several addresses were tried.
  const [first] = error instanceof AggregateError ? error.errors : [];
  return error.message || (first instanceof Error ? first.message : error.name);
}
