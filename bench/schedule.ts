// How long everything takes.

export type Schedule = {
  readonly repeats: number;
  // Before anything counts: V8 compiles for the first hundred thousand requests.
  readonly warmUpRequests: number;
  readonly peerWarmUpRequests: number;
  // Before each window.
  readonly warmUpSeconds: number;
  readonly windowSeconds: number;
  readonly pacedSeconds: number; // of the open loop
  readonly capacitySeconds: number;
  readonly restSeconds: number; // before what is idle is measured
  readonly idleSeconds: number;
  // Off: a load that was itself the limit spoils nothing.
  readonly isTimed: boolean;
  readonly limitMs: number; // of everything together
};

export const FULL: Schedule = {
  repeats: 5,
  warmUpRequests: 120_000,
  peerWarmUpRequests: 4_000,
  warmUpSeconds: 0.3,
  windowSeconds: 2,
  pacedSeconds: 3,
  capacitySeconds: 1.5,
  restSeconds: 5,
  idleSeconds: 20,
  isTimed: true,
  limitMs: 2_700_000,
};

// Shows that it works, and nothing else.
export const QUICK: Schedule = {
  repeats: 1,
  warmUpRequests: 1_000,
  peerWarmUpRequests: 500,
  warmUpSeconds: 0.1,
  windowSeconds: 0.4,
  pacedSeconds: 0.4,
  capacitySeconds: 0.2,
  restSeconds: 0.5,
  idleSeconds: 1,
  isTimed: false,
  limitMs: 540_000,
};
