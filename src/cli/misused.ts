// The command was called wrongly: says so and ends it.

import { EXIT, type Surroundings } from "./surroundings.ts";

export function misused(surroundings: Surroundings, message: string): void {
  surroundings.error(`${message}\n`);
  surroundings.exit(EXIT.usage);
}
