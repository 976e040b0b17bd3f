// The pool of a load, for its protocol.

import type { Clock } from "#base/clock.ts";
import type { Random } from "#base/random.ts";
import { GapFiller } from "./gap-filler.ts";
import { Http2Lane } from "./http2-lane.ts";
import { compileShapes, type Http2Request } from "./http2-request.ts";
import { Http2Slot } from "./http2-slot.ts";
import { Http2Source } from "./http2-source.ts";
import { LoadConnection } from "./load-connection.ts";
import type { DialTarget, LoadProtocol } from "./load-lane.ts";
import type { LoadOptions } from "./load-options.ts";
import { LoadPool, type LoadPoolEvents } from "./load-pool.ts";
import type { RequestTarget } from "./request-shape.ts";
import { type Rendered, RequestSource } from "./request-source.ts";

// What a load asks of it, whatever its requests are.
type OpenedPool = Pick<
  LoadPool<unknown>,
  "waiting" | "lanes" | "open" | "start" | "submit" | "expireOverdue" | "expireAll" | "close"
>;

type Where = { readonly dial: DialTarget; readonly request: RequestTarget };

const READ_BUFFER_BYTES = 65_536;

// Throws a RangeError or TypeError where the options make no load.
export function openPool(
  options: LoadOptions,
  clock: Clock,
  random: Random,
  events: LoadPoolEvents,
): OpenedPool {
  const { protocol, keepsAlive, waitingMax, requestTimeoutMs, loop, streams } = options;
  const url = new URL(options.target);
  if (url.protocol !== "http:") {
    throw new TypeError(`Cannot load ${options.target}: the scheme must be http`);
  }
  const where = {
    dial: { host: url.hostname.replace(/^\[|\]$/g, ""), port: Number(url.port || 80) },
    request: { authority: url.host, prefix: url.pathname.replace(/\/+$/, "") },
  };
  atLeastOne("connections", options.connections);
  atLeastOne("streams", streams);
  if (streams > 1 && (protocol === "http1" || !keepsAlive)) {
    throw new RangeError(`Cannot load with ${streams} streams: that needs HTTP/2 and keep-alive`);
  }
  const poolOptions = {
    keepsAlive,
    // A closed loop has one request for each lane and so never waits.
    waitingMax: loop.kind === "open" ? atLeastOne("waitingMax", waitingMax) : 1,
    requestTimeoutMs: atLeastOne("requestTimeoutMs", requestTimeoutMs),
  };
  return protocol === "http1"
    ? new LoadPool(clock, poolOptions, http1(options, where, random), events)
    : new LoadPool(clock, poolOptions, http2(options, where, random), events);
}

function http1(options: LoadOptions, where: Where, random: Random): LoadProtocol<Rendered> {
  const { shapes, connections, keepsAlive } = options;
  const buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  return {
    source: new RequestSource(shapes, where.request, keepsAlive, random),
    lanes: (events) =>
      Array.from(
        { length: connections },
        () => new LoadConnection(where.dial, keepsAlive, buffer, events),
      ),
  };
}

function http2(options: LoadOptions, where: Where, random: Random): LoadProtocol<Http2Request> {
  const { shapes, connections, streams, keepsAlive } = options;
  const filler = new GapFiller(random);
  const buffer = Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
  const setting = { target: where.dial, filler, buffer };
  return {
    source: new Http2Source(compileShapes(shapes, where.request), filler),
    lanes: (events) => {
      const slots = Array.from({ length: connections }, () => new Http2Slot(setting, keepsAlive));
      return Array.from({ length: streams }).flatMap(() =>
        slots.map((slot) => new Http2Lane(slot, events)),
      );
    },
  };
}

function atLeastOne(name: string, value: number): number {
  if (Number.isFinite(value) && value >= 1) return value;
  throw new RangeError(`Cannot load with ${name} ${value}: it must be at least 1`);
}
