// Where workloads are, and whether a backend's endpoints near the caller are preferred.

// What is unknown is "".
export type PlacePlan = {
  readonly region: string;
  readonly zone: string;
  readonly subzone: string;
  readonly node: string;
  // Those that policies ask for.
  readonly labels?: readonly (readonly [name: string, value: string])[];
  // Kubernetes' hints: whose callers it is for.
  readonly forZones?: readonly string[];
};

export type LocalityPlan = LocalitySharesPlan | LocalityTiersPlan | { readonly kind: "hints" };

// So much of the requests to so many places, by where the caller is: the first rule that fits it.
// Places that it doesn't name get nothing; callers that none fits ask anybody.
export type LocalitySharesPlan = {
  readonly kind: "shares";
  readonly rules: readonly {
    readonly from: string; // "region/zone/subzone", each part perhaps "*", or left out at the end
    readonly to: readonly (readonly [place: string, weight: number])[];
  }[];
};

// The nearest that are well, and others as those get fewer.
export type LocalityTiersPlan = {
  readonly kind: "tiers";
  // What an endpoint has in common with the caller, or has at all where a value is given: the more
  // of them from the first on, the nearer.
  readonly labels: readonly { readonly name: string; readonly value?: string }[];
  readonly isByPlace: boolean; // then by region, zone and subzone
  // Of all other regions this one first.
  readonly regions: readonly { readonly from: string; readonly to: string }[];
};
