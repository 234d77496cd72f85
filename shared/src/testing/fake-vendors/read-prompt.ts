/** The text to classify, as the prompt fences it off in the user's turn. */
export function readFencedText(turn: string): string {
  const fence = /<(text(?:-\d+)?)>\n([\s\S]*)\n<\/\1>/.exec(turn);
  return fence?.[2] ?? turn;
}

/** The labels that a prompt lists, each on a line of its own as a JSON string. */
export function readListedLabels(system: string): string[] {
  return [...system.matchAll(/^- ("(?:[^"\\]|\\.)*")/gm)].map(
    (match) => JSON.parse(match[1] ?? '""') as string,
  );
}

/** The first list of allowed values anywhere in a JSON schema; empty where there is none. */
export function readEnum(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if ('enum' in schema && Array.isArray(schema.enum)) return schema.enum.map(String);
  for (const value of Object.values(schema)) {
    const found = readEnum(value);
    if (found.length > 0) return found;
  }
  return [];
}

/** Whether a JSON schema of an object has this property. */
export function hasProperty(schema: unknown, name: string): boolean {
  if (typeof schema !== 'object' || schema === null || !('properties' in schema)) return false;
  return typeof schema.properties === 'object' && schema.properties !== null && name in schema.properties;
}

/** About as many tokens as a vendor would count, the same for the same text. */
export function countTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
