// How a process ended, or that it never began.

export type ProcessExit =
  | { readonly kind: "exited"; readonly code: number }
  | { readonly kind: "killed"; readonly signal: string }
  | { readonly kind: "not-started"; readonly error: unknown };

export function exitText(exit: ProcessExit): string {
  switch (exit.kind) {
    case "exited":
      return `exited with code ${exit.code}`;
    case "killed":
      return `was killed by ${exit.signal}`;
    case "not-started":
      return "could not be started";
  }
}
