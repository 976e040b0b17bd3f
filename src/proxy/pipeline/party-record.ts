// For tests: what one party of an exchange was told, one word each.

import type { ExchangeEvents } from "#proxy/exchange/exchange.ts";
import type { Failure } from "#proxy/exchange/failure.ts";
import type { Headers, ResponseHead } from "#proxy/exchange/heads.ts";

export class PartyRecord implements ExchangeEvents {
  readonly told: string[] = [];
  headers: Headers = [];
  bytes = 0;
  came: () => void = () => {};
  drain: () => void = () => {};

  inform(head: ResponseHead): void {
    this.told.push(`inform ${head.status}`);
  }

  head(head: ResponseHead): void {
    this.headers = head.headers;
    this.told.push(`head ${head.status}`);
  }

  data(chunk: Uint8Array): void {
    this.bytes += chunk.length;
    this.came();
  }

  end(): void {
    this.told.push("end");
  }

  fail({ detail }: Failure): void {
    const code = /: (.+)$/.exec(detail)?.[1];
    this.told.push(`fail ${code ?? detail}`);
  }

  drained(): void {
    this.drain();
  }
}
