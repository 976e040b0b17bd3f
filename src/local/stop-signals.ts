// Turns "end now" from outside into one call, and insistence into another.

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

export type StopSignals = { dispose(): void };

// `again`: asked a second time, by somebody who doesn't want to wait.
export function onStopSignals(first: () => void, again: () => void): StopSignals {
  let asked = 0;
  const listener = () => {
    asked++;
    if (asked === 1) first();
    else again();
  };
  for (const signal of SIGNALS) process.on(signal, listener);
  return {
    dispose() {
      for (const signal of SIGNALS) process.off(signal, listener);
    },
  };
}
