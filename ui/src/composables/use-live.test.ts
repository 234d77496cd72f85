import { expect, it } from 'vitest';
import { shallowRef } from 'vue';
import { createLive } from './use-live.ts';

it('is paused by a hidden page and goes on when it is seen again', () => {
  const isVisible = shallowRef(true);
  const live = createLive({ isVisible });
  expect(live.pausedBy.value).toBeNull();
  isVisible.value = false;
  expect(live.pausedBy.value).toBe('hidden');
  isVisible.value = true;
  expect(live.pausedBy.value).toBeNull();
});

it('stays paused by the button whatever the page does, until the button is pressed again', () => {
  const isVisible = shallowRef(false);
  const live = createLive({ isVisible });
  live.toggle();
  isVisible.value = true;
  expect(live.pausedBy.value).toBe('button');
  live.toggle();
  expect(live.pausedBy.value).toBeNull();
});
