// A hundred routes, as the rig of Weft has them (src/bench/rig/rig-documents.ts): a path of the
// load's thousand in every tenth place, and what is left takes the last one.

export const ROUTED_PATHS: readonly string[] = Array.from(
  { length: 99 },
  (_, i) => `/item/${(i + 1) * 10}`,
);
