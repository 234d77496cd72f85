import { expect, it } from 'vitest';
import { fromEventId, isAfter, toEventId } from './position.ts';

it('reads the ids that it writes', () => {
  const position = { id: '1764108000000-12', epoch: '0f3a9c21' };
  expect(fromEventId(toEventId(position))).toEqual(position);
});

it.each([
  '',
  '1764108000000-12',
  '1764108000000-12:',
  '1764108000000-12:0F3A9C21',
  '1764108000000:0f3a9c21',
  '+:0f3a9c21',
  '(1-0:0f3a9c21',
  '9999999999999999-0:0f3a9c21',
  '1-0:0f3a9c21\n',
  '$',
])('takes %j for no id of ours', (eventId) => {
  expect(fromEventId(eventId)).toBeNull();
});

it('orders entries by number, not by letter', () => {
  expect(isAfter('10-0', '9-5')).toBe(true);
  expect(isAfter('9-10', '9-9')).toBe(true);
  expect(isAfter('9-9', '9-9')).toBe(false);
  expect(isAfter('9-9', '10-0')).toBe(false);
  expect(isAfter('1-0', '0-0')).toBe(true);
});
