import { expect, it } from 'vitest';
import { nextTick, shallowRef } from 'vue';
import { useStillList } from './use-still-list.ts';

const toRows = (...ids: string[]) => ids.map((id) => ({ id, state: 'open' }));
const pointer = new Event('pointerenter');

function setup(...ids: string[]) {
  const latest = shallowRef(toRows(...ids));
  const key = shallowRef('all');
  const list = useStillList(() => latest.value, { key: () => key.value });
  const shown = () => list.rows.value.map(({ id }) => id);
  return { latest, key, list, shown };
}

it('holds new rows back while it is pointed at, and shows what became of the others', async () => {
  const { latest, list, shown } = setup('b', 'a');
  list.on.pointerenter(pointer);
  latest.value = [...toRows('c'), { id: 'b', state: 'done' }, ...toRows('a')];
  await nextTick();
  expect(shown()).toEqual(['b', 'a']);
  expect(list.rows.value[0]?.state).toBe('done');
  expect(list.held.value).toBe(1);

  list.on.pointerleave(pointer);
  await nextTick();
  expect(shown()).toEqual(['c', 'b', 'a']);
  expect(list.held.value).toBe(0);
});

it('keeps a row in its place that left the list meanwhile', async () => {
  const { latest, list, shown } = setup('b', 'a');
  list.on.pointerenter(pointer);
  latest.value = toRows('c', 'b');
  await nextTick();
  expect(shown()).toEqual(['b', 'a']);
});

it('shows at once what comes behind, which moves nothing', async () => {
  const { latest, list, shown } = setup('c', 'b');
  list.on.pointerenter(pointer);
  latest.value = toRows('d', 'c', 'b', 'a');
  await nextTick();
  expect(shown()).toEqual(['c', 'b', 'a']);
  expect(list.held.value).toBe(1);
});

it('holds nothing back once the rows answer another question', async () => {
  const { latest, key, list, shown } = setup('b', 'a');
  list.on.pointerenter(pointer);
  latest.value = toRows('z');
  key.value = 'failed only';
  await nextTick();
  expect(shown()).toEqual(['z']);
});
