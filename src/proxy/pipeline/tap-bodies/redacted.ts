// A text without secrets.

export type Redacted = {
  readonly text: string;
  // What followed could not be read, and is left out.
  readonly isCut: boolean;
};

// In place of a secret.
export const REDACTED = "<redacted>";
