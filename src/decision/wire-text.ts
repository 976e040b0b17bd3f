// A head is read as latin1, one character a byte: what a user wrote in UTF-8 is compared as such.

export function wireText(text: string): string {
  return Buffer.from(text, "utf8").toString("latin1");
}
