import { array, assert, nat, property } from 'fast-check';
import { expect, it } from 'vitest';
import { createEventParser } from './event-parser.ts';

const parse = (...pieces: string[]) => {
  const take = createEventParser();
  return pieces.flatMap((piece) => take(piece));
};

const STREAM =
  ': hello\nretry: 2000\nid: 1-0:ab\n\nid: 2-0:ab\nevent: job.updated\ndata: {"text":"a: b"}\n\n' +
  ':\n\ndata: one\ndata:two\r\nevent:x\r\n\r\n:\r\rdata\r\rdata: not complete\n';
const BLOCKS = [
  { id: '1-0:ab', type: 'message', data: null },
  { id: '2-0:ab', type: 'job.updated', data: '{"text":"a: b"}' },
  { id: null, type: 'x', data: 'one\ntwo' },
  { id: null, type: 'message', data: '' },
];

it('reads events, ids, comments and every kind of line end', () => {
  expect(parse(STREAM)).toEqual(BLOCKS);
});

it('reads the same whatever pieces the stream comes in', () => {
  assert(
    property(array(nat(STREAM.length), { maxLength: 20 }), (cuts) => {
      const ends = [...cuts, STREAM.length].toSorted((a, b) => a - b);
      const pieces = ends.map((end, index) => STREAM.slice(ends[index - 1] ?? 0, end));
      expect(parse(...pieces)).toEqual(BLOCKS);
    }),
  );
});

it('gives no event that is not complete', () => {
  expect(parse('event: x\ndata: {}\n')).toEqual([]);
});
