/** The value of the first sample of a scrape that has this name and, among others, these labels; null where none has. */
export function readSample(text: string, name: string, labels: Record<string, string> = {}): number | null {
  const line = text
    .split('\n')
    .find(
      (entry) =>
        entry.startsWith(name) &&
        /[ {]/.test(entry.charAt(name.length)) &&
        Object.entries(labels).every(([key, value]) => entry.includes(`${key}="${value}"`)),
    );
  return line === undefined ? null : Number(line.slice(line.lastIndexOf(' ')));
}
