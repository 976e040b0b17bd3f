// What JSON leaves as it is, and a terminal or a reader of lines may obey: DEL, the control
// characters above ASCII (0x9b begins an escape sequence), two more line ends, and marks that turn
// the direction of what follows.

const OBEYED = /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

// JSON text, with those escaped.
export function harmlessText(json: string): string {
  return json.replaceAll(OBEYED, escaped);
}

function escaped(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}
