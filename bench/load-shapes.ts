// The loads, and how long each is put on.

import type { SubjectName } from "./subject.ts";

export type LoadShape = {
  readonly name: string;
  readonly connections: number;
  readonly ratePerSecond: number | undefined; // undefined: closed loop
};

export type Schedule = {
  readonly repeats: number;
  readonly idleMs: number;
  // Once for each pair, at 64 connections: V8 compiles for the first tens of thousands of requests.
  readonly firstWarmUpSeconds: number;
  readonly warmUpSeconds: number;
  readonly windowSeconds: number;
  // The noise floor needs less.
  readonly directWindowSeconds: number;
  readonly limitMs: number; // of everything together
};

export const LOAD_SHAPES: readonly LoadShape[] = [
  { name: "closed-64", connections: 64, ratePerSecond: undefined },
  { name: "closed-8", connections: 8, ratePerSecond: undefined },
  { name: "open-4000", connections: 64, ratePerSecond: 4000 },
];

export const FULL: Schedule = {
  repeats: 5,
  idleMs: 10_000,
  firstWarmUpSeconds: 6,
  warmUpSeconds: 1,
  windowSeconds: 3,
  directWindowSeconds: 1.5,
  limitMs: 350_000,
};

export const QUICK: Schedule = {
  repeats: 1,
  idleMs: 2_000,
  firstWarmUpSeconds: 2,
  warmUpSeconds: 0.5,
  windowSeconds: 1,
  directWindowSeconds: 0.5,
  limitMs: 39_000,
};

export function windowSeconds(schedule: Schedule, subject: SubjectName): number {
  return subject === "direct" ? schedule.directWindowSeconds : schedule.windowSeconds;
}
