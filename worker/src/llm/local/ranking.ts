import MiniSearch from 'minisearch';

/** A text of 200,000 characters costs no more than its this many commonest terms. */
const MAX_QUERY_TERMS = 300;

export interface Bm25 {
  /** How slowly a term's count in a document saturates. */
  k: number;
  /** How much a long document is discounted, 0..1. */
  b: number;
}

interface Hit {
  /** Position of the document in the list that was indexed. */
  document: number;
  /** Okapi BM25, summed over the matched terms of the query. */
  score: number;
  /** How many of the query's terms the document has. */
  matched: number;
}

export interface Found {
  /** Documents that share a term with the query, in no order. */
  hits: Hit[];
  /** How many distinct terms were asked for; at least 1, to divide by. */
  asked: number;
}

export interface Ranking {
  search(query: string): Found;
}

/** Indexes documents for ranking by Okapi BM25 (Robertson and Zaragoza, 2009) over the terms that `toTerms` finds. */
export function createRanking(
  documents: Iterable<string>,
  toTerms: (text: string) => string[],
  bm25: Bm25,
): Ranking {
  const index = new MiniSearch<{ id: number; text: string }>({
    fields: ['text'],
    tokenize: toTerms,
    processTerm: (term) => term,
    autoVacuum: false,
  });
  let id = 0;
  for (const text of documents) index.add({ id: id++, text });
  const search = { bm25: { ...bm25, d: 0 } };

  return {
    search(query) {
      const terms = toQueryTerms(toTerms(query));
      const results = index.search(query, { ...search, tokenize: () => terms });
      const hits = results.map((result) => ({
        document: result.id as number,
        // The library multiplies by the number of matched terms; the plain sum is what BM25 defines.
        score: result.score / result.queryTerms.length,
        matched: result.queryTerms.length,
      }));
      return { hits, asked: Math.max(1, terms.length) };
    },
  };
}

/** Distinct terms; of a long text the commonest. */
function toQueryTerms(terms: string[]): string[] {
  const counts = new Map<string, number>();
  for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  if (counts.size <= MAX_QUERY_TERMS) return [...counts.keys()];
  return [...counts]
    .toSorted((left, right) => right[1] - left[1])
    .slice(0, MAX_QUERY_TERMS)
    .map(([term]) => term);
}
