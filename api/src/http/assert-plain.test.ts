import { classificationQuery } from '@understudy/shared/contracts/classification';
import { ValidationError } from '@understudy/shared/errors';
import { expect, it } from 'vitest';
import { assertPlain } from './assert-plain.ts';
import { parseInput, toBodyPointer, toQueryPointer } from './parse-input.ts';

const faultOf = (input: unknown) => {
  try {
    assertPlain(input, toBodyPointer);
    return null;
  } catch (error) {
    return error instanceof ValidationError ? error.faults[0] : error;
  }
};
const fault = (json: string) => faultOf(JSON.parse(json));

it('lets through what a client would send', () => {
  const labels = [{ name: 'a', examples: ['x'.repeat(1_000)] }, 'b'];
  expect(fault(JSON.stringify({ text: 'constructor', labels, metadata: { proto: 'x' } }))).toBeNull();
  for (const json of ['null', '1', '"text"', '[]']) expect(fault(json)).toBeNull();
});

it('refuses a body that is nested beyond all sense, without being brought down by it', () => {
  expect(fault(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`)).toMatchObject({ code: 'too_deep' });
  expect(fault(`${'['.repeat(34)}${']'.repeat(34)}`)).toMatchObject({ code: 'too_deep' });
});

it('refuses a key that would be dropped without a word, and says where it is', () => {
  expect(fault('{"metadata":{"__proto__":"v"}}')).toMatchObject({ pointer: '/metadata/__proto__' });
  expect(fault('{"labels":[{"__proto__":{"name":"a"}}]}')).toMatchObject({ pointer: '/labels/0/__proto__' });
});

it('refuses a key that MongoDB’s driver takes for a type of its own', () => {
  expect(fault('{"metadata":{"_bsontype":""}}')).toMatchObject({
    pointer: '/metadata/_bsontype',
    code: 'unknown_field',
  });
});

it('is asked of every input', () => {
  const query: unknown = JSON.parse('{"__proto__":"1"}');
  expect(() => parseInput(classificationQuery, query, toQueryPointer)).toThrow('?__proto__');
});

it('refuses what is longer than any list of ours before somebody looks at each of its members', () => {
  const members = Array.from({ length: 20_001 }, (_, index) => index);
  expect(fault(JSON.stringify({ labels: members }))).toMatchObject({ pointer: '/labels', code: 'too_big' });
  const keyed = (count: number) => JSON.stringify(Object.fromEntries(members.slice(0, count).entries()));
  expect(fault(keyed(1_001))).toMatchObject({ pointer: '', code: 'too_big' });
  expect(fault(keyed(1_000))).toBeNull();
  expect(fault(JSON.stringify({ labels: members.slice(1) }))).toBeNull();
});

it('looks at no member of what is too long, and makes no list of a list', () => {
  let looks = 0;
  const watched = (value: object) =>
    new Proxy(value, {
      get(target, key) {
        if (key !== 'length') looks += 1;
        return Reflect.get(target, key) as unknown;
      },
      ownKeys(target) {
        if (Array.isArray(target)) looks += 1;
        return Reflect.ownKeys(target);
      },
    });
  const members = Array.from({ length: 20_001 }, () => ({}));
  expect(faultOf({ labels: watched(members) })).toMatchObject({ pointer: '/labels', code: 'too_big' });
  expect(faultOf({ labels: watched({ ...members }) })).toMatchObject({ pointer: '/labels', code: 'too_big' });
  expect(looks).toBe(0);
  expect(faultOf({ labels: watched(members.slice(1)) })).toBeNull();
  expect(looks).toBe(20_000);
});

it('says where something is in a list as it does in an object', () => {
  expect(fault('{"items":[1,[{"a":{"__proto__":1}}]]}')).toMatchObject({ pointer: '/items/1/0/a/__proto__' });
});
