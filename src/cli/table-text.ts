// Rows in columns, as wide as their widest cell, two blanks between them.

export type Column<Row> = {
  readonly title: string;
  readonly align?: "left" | "right";
  text(row: Row): string;
};

export function tableText<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => cellsOf(columns, row))];
  const widths = columns.map((_, i) => Math.max(...lines.map((cells) => cells[i]!.length)));
  return lines.map((cells) => `${lineOf(cells, widths, columns)}\n`).join("");
}

function cellsOf<Row>(columns: readonly Column<Row>[], row: Row): readonly string[] {
  return columns.map(({ text }) => printable(text(row)) || "-");
}

// Names and messages come from documents and from peers: none of them may steer a terminal.
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, "\u00b7");
}

function lineOf<Row>(
  cells: readonly string[],
  widths: readonly number[],
  columns: readonly Column<Row>[],
): string {
  const padded = cells.map((cell, i) =>
    columns[i]!.align === "right" ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!),
  );
  return padded.join("  ").trimEnd();
}
