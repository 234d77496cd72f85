/** English words that say nothing of a text's subject; in other languages rarity alone weighs words down. */
export const STOP_WORDS: ReadonlySet<string> = new Set(
  (
    'a an the i me my we our you your it its this that is am are was were be been do does did have has had ' +
    'will would can could should and or but if of at by for with to from in on as so there what which how why when'
  ).split(' '),
);
