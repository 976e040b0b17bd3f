// What of requests a proxy may tell those who watch. Absent in a plan: no bodies, and what is
// always redacted.

export type TapPlan = {
  readonly bodies: TapBodies;
  // Redacted besides: headers in lower case; JSON members, form fields and query parameters.
  readonly headers: readonly string[];
  readonly fields: readonly string[];
};

// "structured": JSON and forms, where values are found by their names; "text": other text, too;
// "all": anything.
export type TapBodies = "none" | "structured" | "text" | "all";
