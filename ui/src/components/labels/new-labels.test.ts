import { expect, it } from 'vitest';
import { toNewLabels } from './new-labels.ts';

it('takes labels apart and adds none twice', () => {
  expect(toNewLabels(' refund, lost card\nrefund,,fees ', ['fees'])).toEqual(['refund', 'lost card']);
});
