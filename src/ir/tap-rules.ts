// What of requests those may see who watch.

export type TapRules = {
  readonly bodies: (typeof TAP_BODIES)[number];
  // Redacted besides what always is: headers in lower case; JSON members, form fields and query
  // parameters.
  readonly headers: readonly string[];
  readonly fields: readonly string[];
};

// `compile` takes them over into plans, where they have the same names.
export const TAP_BODIES = ["none", "structured", "text", "all"] as const;
