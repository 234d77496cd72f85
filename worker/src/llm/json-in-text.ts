/** Words with more opening braces than this are no answer; looking on would take the square of their length. */
const MAX_TRIES = 50;

/**
 * The JSON object that a model's words hold: the words themselves, or the last whole object in them (small models
 * think aloud first, and put a code fence around it). Undefined where there is none.
 */
export function findJsonObject(words: string): object | undefined {
  const whole = parseObject(words);
  if (whole) return whole;
  const spoken = words.replace(/<think>[\s\S]*?<\/think>/g, '');
  let found: object | undefined;
  let start = spoken.indexOf('{');
  for (let tries = 0; start !== -1 && tries < MAX_TRIES; tries += 1) {
    const end = findEnd(spoken, start);
    const object = end === -1 ? undefined : parseObject(spoken.slice(start, end));
    if (object) found = object;
    start = spoken.indexOf('{', object ? end : start + 1);
  }
  return found;
}

function parseObject(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Just after the brace that closes the one at `start`; -1 where it stays open. */
function findEnd(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (inString) {
      if (character === '\\') at += 1;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === '{') depth += 1;
    else if (character === '}' && --depth === 0) return at + 1;
  }
  return -1;
}
