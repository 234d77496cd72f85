/** What every job of the benchmark asks, on either side. */
export const MODEL = 'gpt-4o-mini';
export const LABEL = 'billing';
export const LABELS = [LABEL, 'bug', 'praise', 'shipping', 'account'];
export const API_KEY = 'sk-bench-0123456789abcdef';

/** A text of the length of a short ticket, another one for each number. */
export function toText(number: number): string {
  return `Ticket ${number}. My card was charged twice for the same order last week, and the second charge is still there. I have written to you before and nobody has answered. Please look into it and pay the money back.`;
}
