import { coversScope as contractCoversScope, SCOPES } from '@understudy/shared/contracts/session';
import { expect, it } from 'vitest';
import { coversScope } from './scope.ts';

it('agrees with the contract for every set of scopes', () => {
  for (let set = 0; set < 2 ** SCOPES.length; set++) {
    const held = SCOPES.filter((_, index) => set & (1 << index));
    for (const needed of SCOPES) {
      expect(coversScope(held, needed), `${held.join()} for ${needed}`).toBe(
        contractCoversScope(held, needed),
      );
    }
  }
});
