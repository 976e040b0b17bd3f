// Who may do what on the admin API, and how a browser gets in.

// read: sees everything that the API shows; write: may change the mesh, too.
export type Role = "read" | "write";

export type Session = { readonly role: Role };

// The role that the browser gets; "read" where it isn't said.
export type LoginCodeRequest = { readonly role?: Role };

// Good once, until then.
export type LoginCode = {
  readonly code: string;
  readonly path: string; // "/login?code=..."
  readonly expiresAtMs: number;
};
