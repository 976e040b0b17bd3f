// The body of a watch, event by event, until it ends.

import type { IncomingMessage } from "node:http";
import type { Clock, Timer } from "#base/clock.ts";
import { LIMITS } from "#base/limits.ts";
import { reasonOf } from "./api-answer.ts";
import { JsonLines } from "./json-lines.ts";
import type { WatchEnd, WatchEvent } from "./watch-event.ts";

type Line = WatchEvent | { readonly type: "ERROR"; readonly object: { readonly code?: number } };

const GONE = 410;

export function readWatch(
  answer: IncomingMessage,
  from: string,
  onEvent: (event: WatchEvent) => void,
  clock: Clock,
): Promise<WatchEnd> {
  const lines = new JsonLines(LIMITS.apiObjectBytesMax);
  let resourceVersion = from;
  let silence: Timer | undefined;
  return new Promise((resolve) => {
    const end = (why: WatchEnd): void => {
      silence?.cancel();
      answer.destroy();
      resolve(why);
    };
    // Whatever was missed comes with the next watch.
    const ended = () => end({ kind: "ended", resourceVersion });
    const listen = (): void => {
      silence?.cancel();
      silence = clock.after(LIMITS.apiWatchIdleMs, ended);
    };
    const take = (text: string): WatchEnd | undefined => {
      const line = JSON.parse(text) as Line;
      if (line.type === "ERROR") return endOf(line.object);
      resourceVersion = line.object.metadata.resourceVersion ?? resourceVersion;
      onEvent(line);
      return undefined;
    };
    answer.on("data", (chunk: Buffer) => {
      listen();
      const read = lines.read(chunk);
      if (read.kind === "too-long") return end(failed("an object is too long"));
      try {
        for (const line of read.lines) {
          const why = take(line);
          if (why) return end(why);
        }
      } catch (error) {
        end(failed(`a line of the watch is broken: ${String(error)}`));
      }
    });
    answer.on("end", ended);
    answer.on("error", ended);
    answer.on("close", ended);
    listen();
  });
}

function endOf(status: { readonly code?: number }): WatchEnd {
  const { code = 500 } = status;
  if (code === GONE) return { kind: "expired" };
  return { kind: "failed", status: code, reason: reasonOf(code, status) };
}

function failed(reason: string): WatchEnd {
  return { kind: "failed", status: 0, reason };
}
