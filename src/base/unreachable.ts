// Proves to the compiler that a `switch` over a union is complete.

export function unreachable(value: never): never {
  throw new Error(`Unreachable: ${JSON.stringify(value)}`);
}
