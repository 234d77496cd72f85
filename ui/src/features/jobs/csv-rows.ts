const NEWLINE = 0x0a;
const QUOTE = 0x22;

/** How many rows a CSV file has below its header (RFC 4180: a line break within quotes ends no row). */
export async function countCsvRows(file: Blob): Promise<number> {
  let lines = 0;
  let isQuoted = false;
  const reader = file.stream().getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    for (const byte of part.value) {
      if (byte === QUOTE) isQuoted = !isQuoted;
      else if (byte === NEWLINE && !isQuoted) lines += 1;
    }
  }
  return Math.max(0, lines - 1);
}
