// Hot path.
//
// Which bytes may stand where in a head (RFC 9110 §5.6.2, RFC 9112 §3, RFC 3986): tables over the
// 256 values of a byte. What isn't listed is refused.

const LETTERS = "abcdefghijklmnopqrstuvwxyz";
const DIGITS = "0123456789";

// For a byte of a token its lower case, else 0: says what is allowed and folds case in one look.
export const LOWER_TOKEN = new Uint8Array(256);
// 1 for what a field value may contain: visible characters, space, tab and obs-text.
export const FIELD_VALUE = new Uint8Array(256);
// 1 for what a request target may contain: visible ASCII but `#`. A fragment is never sent, and
// those who cut it off see another path than those who don't.
export const TARGET = new Uint8Array(256);
// 1 for what the name before a port may contain. Narrower than RFC 3986, which would admit commas
// and quotes: no name that anybody can resolve has them, and lists of hosts are made of them.
export const HOST_NAME = new Uint8Array(256);
// The value of a hexadecimal digit, or 255.
export const HEX_VALUE = new Uint8Array(256).fill(255);

for (const char of LETTERS + DIGITS + "!#$%&'*+-.^_`|~") LOWER_TOKEN[code(char)] = code(char);
for (const char of LETTERS) LOWER_TOKEN[code(char.toUpperCase())] = code(char);
for (let byte = 0x21; byte <= 0x7e; byte++) FIELD_VALUE[byte] = TARGET[byte] = 1;
for (let byte = 0x80; byte <= 0xff; byte++) FIELD_VALUE[byte] = 1;
FIELD_VALUE[code(" ")] = FIELD_VALUE[code("\t")] = 1;
TARGET[code("#")] = 0;
for (const char of LETTERS + LETTERS.toUpperCase() + DIGITS + "-._~%") HOST_NAME[code(char)] = 1;
for (let digit = 0; digit < 16; digit++) {
  const char = digit.toString(16);
  HEX_VALUE[code(char)] = HEX_VALUE[code(char.toUpperCase())] = digit;
}

function code(char: string): number {
  return char.charCodeAt(0);
}
