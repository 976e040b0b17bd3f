// Limits of live requests: a part of limits.ts.

const KiB = 1024;
const MiB = 1024 * KiB;

export const TAP_LIMITS = {
  tapWatchesMax: 16, // at once, of one proxy
  tapEventsMax: 1_000, // that wait to be told
  tapTellMs: 100,
  tapPerSecondMax: 1_000, // requests that one watch is told
  tapMessageBytes: 1 * MiB, // about; then what waits is told
  tapBodyBytes: 4 * KiB, // of a body, where nothing is said
  tapBodyBytesMax: 64 * KiB,
  tapBodiesKeptMax: 32, // exchanges at once, in one proxy
  tapBodyBytesPerSecond: 1 * MiB, // of one proxy, and of one watch
} as const;
