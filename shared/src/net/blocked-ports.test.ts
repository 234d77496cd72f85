import { expect, it } from 'vitest';
import { BLOCKED_PORTS } from './blocked-ports.ts';

/** Nothing can listen at 0; fetch tries it all the same. */
const REFUSED = [...BLOCKED_PORTS].filter((port) => port !== 0);

it.each(REFUSED)('has port %i, which fetch refuses', async (port) => {
  await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toMatchObject({ cause: { message: 'bad port' } });
});
