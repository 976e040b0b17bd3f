// Prints rows in the format that was asked for.

import type { Format } from "./mesh-command.ts";
import type { Surroundings } from "./surroundings.ts";
import { type Column, tableText } from "./table-text.ts";

export type Printing<Row> = {
  readonly format: Format;
  readonly columns: readonly Column<Row>[];
  readonly wideColumns: readonly Column<Row>[]; // besides
  readonly emptyText: string; // instead of a table without rows
};

export async function printRows<Row>(
  surroundings: Surroundings,
  rows: readonly Row[],
  { format, columns, wideColumns, emptyText }: Printing<Row>,
): Promise<void> {
  switch (format) {
    case "json":
    case "yaml":
      return printData(surroundings, rows, format);
    case "table":
    case "wide": {
      const shown = format === "wide" ? [...columns, ...wideColumns] : columns;
      // To people, not into a pipe: a script counts lines.
      if (rows.length === 0) surroundings.error(`${emptyText}\n`);
      else surroundings.out(tableText(shown, rows));
    }
  }
}

export async function printData(
  surroundings: Surroundings,
  data: unknown,
  format: "json" | "yaml",
): Promise<void> {
  if (format === "json") return surroundings.out(`${JSON.stringify(data, null, 2)}\n`);
  const { stringify } = await import("yaml");
  surroundings.out(stringify(data));
}
