// The part of the package "ws" that the tests use; it brings no types.

declare module "ws" {
  import type { EventEmitter } from "node:events";
  import type { IncomingMessage } from "node:http";
  import type { Duplex } from "node:stream";

  export type SendOptions = {
    readonly binary?: boolean;
    readonly compress?: boolean;
    readonly fin?: boolean;
  };

  export type WebSocketOptions = {
    readonly perMessageDeflate?: boolean | object;
    readonly createConnection?: () => Duplex;
    readonly headers?: Readonly<Record<string, string>>;
    readonly protocolVersion?: number;
  };

  export class WebSocket extends EventEmitter {
    constructor(url: string, protocols: readonly string[], options: WebSocketOptions);
    readonly extensions: string;
    readonly protocol: string;
    readonly bufferedAmount: number;
    send(data: string | Buffer, options?: SendOptions): void;
    ping(data: Buffer): void;
    close(code?: number, reason?: string): void;
    terminate(): void;
    pause(): void;
    resume(): void;
  }

  export type ServerOptions = {
    readonly noServer: true;
    readonly perMessageDeflate?: boolean | object;
    readonly handleProtocols?: (asked: Set<string>, request: IncomingMessage) => string | false;
  };

  export class WebSocketServer extends EventEmitter {
    constructor(options: ServerOptions);
    handleUpgrade(
      request: IncomingMessage,
      socket: Duplex,
      first: Buffer,
      opened: (socket: WebSocket) => void,
    ): void;
    close(): void;
  }
}
