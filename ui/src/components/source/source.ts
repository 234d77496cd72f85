/** A text that was typed or pasted, or read from a file. */
export interface Source {
  /** Of the file; null where it was typed. */
  fileName: string | null;
  text: string;
}

export const NO_SOURCE: Source = { fileName: null, text: '' };
