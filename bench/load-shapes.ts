// The loads that are put on what is measured.

export type LoadShape = {
  readonly name: string;
  readonly http: 1 | 2;
  readonly connections: number; // of all processes of the load together
  readonly processes: number;
  readonly streams: number; // at once on a connection; 1 with HTTP/1
  readonly keepsAlive: boolean;
  readonly body: "small" | "large"; // of answers
  readonly isTraced?: false; // else each request has a sampled trace of its own
  readonly ratePerSecond: number | undefined; // undefined: closed loop
};

export function closedLoop(name: string, connections: number): LoadShape {
  return {
    ...{ name, connections, processes: 1, http: 1, streams: 1, keepsAlive: true, body: "small" },
    ratePerSecond: undefined,
  };
}
