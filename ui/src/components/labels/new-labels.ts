/** Label names out of what was typed or pasted: parted by commas or lines, trimmed, each once, none that is there. */
export function toNewLabels(typed: string, present: readonly string[]): string[] {
  const names = typed
    .split(/[,\n]/)
    .map((name) => name.trim())
    .filter((name) => name !== '');
  return [...new Set(names)].filter((name) => !present.includes(name));
}
