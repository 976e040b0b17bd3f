// Whether endpoints near the caller are preferred.

export type Locality =
  | { readonly kind: "off" } // also where the mesh prefers near ones
  | LocalityShares
  | LocalityTiers;

// So much of the requests to so many places, by where the caller is: the first rule that fits it.
// Places that no rule names get nothing; callers that none fits ask anybody.
export type LocalityShares = {
  readonly kind: "shares";
  readonly rules: readonly {
    readonly from: string; // "region/zone/subzone", each part perhaps "*", or left out at the end
    readonly to: readonly (readonly [place: string, weight: number])[];
  }[];
};

// The nearest that are well, and others as those get fewer.
export type LocalityTiers = {
  readonly kind: "tiers";
  // What an endpoint has in common with the caller, or has at all where a value is given: the more
  // of them from the first on, the nearer.
  readonly labels: readonly { readonly name: string; readonly value?: string }[];
  // Then by region, zone and subzone.
  readonly isByPlace: boolean;
  // Of all other regions this one first.
  readonly regions: readonly { readonly from: string; readonly to: string }[];
};
