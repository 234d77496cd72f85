import { stem } from './stem.ts';
import { STOP_WORDS } from './stop-words.ts';

const WORD = /[\p{L}\p{M}\p{N}]+|\p{Extended_Pictographic}|\p{S}/gu;
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;
const MAX_WORD_LENGTH = 40;

/**
 * Splits an identifier into its words: `card_not-working`, `cardNotWorking` and `HTTPError2xx` read as prose does.
 */
export function splitIdentifier(name: string): string {
  return name
    .replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .replace(/[_\-./:]+(?=[\p{L}\p{N}])/gu, ' ');
}

/** Words in lower case without accents. Scripts without spaces give pairs of characters; mere punctuation gives itself. */
export function toWords(text: string): string[] {
  const plain = fold(text);
  const words: string[] = [];
  for (const word of plain.match(WORD) ?? []) {
    if (UNSPACED.test(word)) pushPairs(words, [...word]);
    else words.push(word.slice(0, MAX_WORD_LENGTH));
  }
  return words.length > 0 ? words : [...plain.trim()];
}

/** What a text is about: stems of its words, without stop words unless there is nothing else. */
export function toTopicTerms(text: string): string[] {
  return withoutStopWords(toWords(text)).map(stem);
}

/** Stems of neighbouring words, stop words kept: "how long" and "not received" say what single words do not. */
export function toWordPairs(text: string): string[] {
  const stems = toWords(text).map(stem);
  return stems.slice(1).map((word, index) => `${stems[index]} ${word}`);
}

/** Three-letter pieces of the topic's words with their ends marked; they find "topped" by "top" and bear misspelling. */
export function toTrigrams(text: string): string[] {
  const pieces: string[] = [];
  for (const word of withoutStopWords(toWords(text))) {
    const padded = ` ${word} `;
    for (let start = 0; start + 3 <= padded.length; start++) pieces.push(padded.slice(start, start + 3));
  }
  return pieces;
}

function fold(text: string): string {
  const lower = text.toLowerCase();
  if (/^[\x20-\x7e\s]*$/.test(lower)) return lower.replaceAll("'", '');
  // Accents go; the rest is put together again, or Hangul would stay in single letters.
  return lower
    .normalize('NFKD')
    .replace(/[\u0300-\u036f'’]/g, '')
    .normalize('NFC');
}

function withoutStopWords(words: string[]): string[] {
  const topic = words.filter((word) => !STOP_WORDS.has(word));
  return topic.length > 0 ? topic : words;
}

function pushPairs(words: string[], characters: string[]): void {
  if (characters.length === 1) words.push(...characters);
  for (let start = 0; start + 2 <= characters.length; start++) {
    words.push(characters.slice(start, start + 2).join(''));
  }
}
