// Which endpoints of a backend its caller prefers, because of where it is.

export type ExplainedNearness = {
  readonly caller: string; // "region/zone/subzone"; "" where nobody knows
  // "tiers": the first as far as it is well, then the next; "shares": by percentage; "any": it
  // makes no difference for this caller.
  readonly kind: "tiers" | "shares" | "any";
  readonly groups: readonly ExplainedGroup[];
  // Ready, and never asked by this caller: "bookshop/reviews-v1".
  readonly outOfReach: readonly string[];
  readonly isNodeLocal: boolean; // since only the caller's own node counts
};

export type ExplainedGroup = {
  readonly percent: number | null; // of shares, while all are well
  readonly workloads: readonly string[]; // "bookshop/reviews-v1"
};
