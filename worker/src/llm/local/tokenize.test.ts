import { describe, expect, it } from 'vitest';
import { splitIdentifier, toTopicTerms, toTrigrams, toWordPairs, toWords } from './tokenize.ts';

describe('splitIdentifier', () => {
  it.each([
    ['card_payment_wrong_exchange_rate', 'card payment wrong exchange rate'],
    ['card-not-working', 'card not working'],
    ['cardNotWorking', 'card Not Working'],
    ['HTTPError', 'HTTP Error'],
    ['billing/refund.late', 'billing refund late'],
    ['Refund not showing up', 'Refund not showing up'],
    ['?', '?'],
  ])('reads %s as words', (name, words) => {
    expect(splitIdentifier(name)).toBe(words);
  });
});

describe('toWords', () => {
  it('lowers case and drops accents and apostrophes', () => {
    expect(toWords("Résumé isn't HERE")).toEqual(['resume', 'isnt', 'here']);
  });

  it('cuts scripts without spaces into pairs of characters', () => {
    expect(toWords('我的卡')).toEqual(['我的', '的卡']);
    expect(toWords('好')).toEqual(['好']);
  });

  it('keeps Korean syllables whole', () => {
    expect(toWords('카드 분실')).toEqual(['카드', '분실']);
  });

  it('takes emoji and signs as words, and mere punctuation when there is nothing else', () => {
    expect(toWords('great 👎')).toEqual(['great', '👎']);
    expect(toWords('?!')).toEqual(['?', '!']);
    expect(toWords('really?!')).toEqual(['really']);
  });

  it('finds nothing in white space and stays bounded on one endless word', () => {
    expect(toWords('  \n')).toEqual([]);
    expect(toWords('a'.repeat(200_000))[0]!.length).toBeLessThan(100);
  });
});

describe('terms', () => {
  it('meet over inflections, without stop words', () => {
    expect(toTopicTerms('My cards were charged')).toEqual(toTopicTerms('charging the card').toReversed());
  });

  it('keep stop words where there is nothing else', () => {
    expect(toTopicTerms('what is this').length).toBe(3);
  });

  it('pair neighbouring stems, stop words included', () => {
    expect(toWordPairs('how long it takes')).toEqual(['how long', 'long it', 'it tak']);
  });

  it('mark the ends of words in trigrams', () => {
    expect(toTrigrams('top')).toEqual([' to', 'top', 'op ']);
  });
});
