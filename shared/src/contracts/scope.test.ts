import { expect, it } from 'vitest';
import { coversScope } from './scope.ts';

it('knows that admin covers all and a write its read', () => {
  expect(coversScope(['admin'], 'providers:write')).toBe(true);
  expect(coversScope(['jobs:write'], 'jobs:read')).toBe(true);
  expect(coversScope(['jobs:read'], 'jobs:write')).toBe(false);
  expect(coversScope(['jobs:write'], 'providers:read')).toBe(false);
});
