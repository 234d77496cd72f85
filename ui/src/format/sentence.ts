/** Words that stand for themselves as a sentence: with a capital letter in front and a full stop behind. */
export function toSentence(words: string): string {
  const sentence = words.charAt(0).toUpperCase() + words.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
