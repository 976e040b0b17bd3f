// A connection on which one exchange follows the other, as those see it who drain connections or
// close idle ones. Its acceptor knows what it carries.

import type { OpenConnection } from "./open-connections.ts";

export type KnowsUsage = {
  // Exchanges so far.
  readonly begun: number;
  // The next one is the last one on `connection`.
  retire(connection: { drain(): void }): void;
};

export function withUsage(connection: OpenConnection, acceptor: KnowsUsage): OpenConnection {
  return {
    drain: () => connection.drain(),
    retire: () => acceptor.retire(connection),
    destroy: () => connection.destroy(),
    get usage() {
      return { begun: acceptor.begun, sharedBy: 0 };
    },
  };
}
