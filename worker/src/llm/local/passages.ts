/** Of a longer text the beginning and the end are read: a letter says there what it is about. */
const MAX_CHARACTERS = 16_000;
const HEAD_SHARE = 0.75;
const MAX_PASSAGES = 8;
const MIN_PASSAGE_CHARACTERS = 15;

/** The part of a text that is read, so that work does not grow with 200,000 characters. */
export function toReadPart(text: string): string {
  if (text.length <= MAX_CHARACTERS) return text;
  const head = Math.round(MAX_CHARACTERS * HEAD_SHARE);
  return `${text.slice(0, head)}\n${text.slice(head - MAX_CHARACTERS)}`;
}

/** Cuts a text at the ends of sentences into at most eight passages, short sentences kept together. */
export function toPassages(text: string): string[] {
  const least = Math.max(MIN_PASSAGE_CHARACTERS, Math.ceil(text.length / MAX_PASSAGES));
  const passages: string[] = [];
  let passage = '';
  for (const sentence of text.split(/(?<=[.!?。！？\n])/u)) {
    passage += sentence;
    if (passage.length < least) continue;
    passages.push(passage);
    passage = '';
  }
  // A short rest goes with what it follows.
  passages.push((passages.pop() ?? '') + passage);
  return passages;
}
