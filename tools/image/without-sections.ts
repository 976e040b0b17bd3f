// A program without its symbols and debug information, a fifth of Node's: what the kernel and the
// loader need is found by program headers, so everything behind that goes, and the table of sections.

const CLASS_64 = 2;
const PROGRAM_HEADER_BYTES = 56;

// Takes and gives a 64-bit little-endian ELF file (System V ABI, chapter 4).
export function withoutSections(program: Buffer): Buffer {
  if (program.toString("latin1", 0, 4) !== "\x7fELF" || program[4] !== CLASS_64) {
    throw new Error("not a 64-bit ELF program");
  }
  const headers = Number(program.readBigUInt64LE(32));
  const count = program.readUInt16LE(56);
  let end = headers + count * PROGRAM_HEADER_BYTES;
  for (let i = 0; i < count; i++) {
    const header = headers + i * PROGRAM_HEADER_BYTES;
    const offset = Number(program.readBigUInt64LE(header + 8));
    const bytes = Number(program.readBigUInt64LE(header + 32));
    end = Math.max(end, offset + bytes);
  }
  const stripped = Buffer.from(program.subarray(0, end));
  stripped.writeBigUInt64LE(0n, 40); // e_shoff
  stripped.writeUInt16LE(0, 60); // e_shnum
  stripped.writeUInt16LE(0, 62); // e_shstrndx
  return stripped;
}
