/** One question to a store and its answer, as they passed by; times by the machine's clock, in milliseconds. */
export interface RoundTrip {
  kind: string;
  askedAt: number;
  answeredAt: number;
}

/** Says of a store's traffic what kind each round trip is of; null for what is not to be counted. */
export interface Protocol {
  /** For each connection anew: reads what the client sends. @returns a key by which its answer is known */
  openConnection(): {
    readQuestions(chunk: Buffer): { key: number; kind: string | null }[];
    readAnswers(chunk: Buffer): number[];
  };
}
