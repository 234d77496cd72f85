import { expect, it } from 'vitest';
import { NDJSON, readItems } from './read-items.ts';

it.each([NDJSON, 'application/json'])(
  'counts the bytes of defaults, not their characters (%s)',
  async (type) => {
    const defaults = { labels: [{ name: 'a', examples: ['語'.repeat(1_000)] }, 'b'] };
    const items = [{ text: 'x' }];
    const body =
      type === NDJSON
        ? `${JSON.stringify({ defaults })}\n${JSON.stringify(items[0])}\n`
        : JSON.stringify({ defaults, items });
    async function* chunks() {
      yield Buffer.from(body);
    }
    const { defaultsBytes } = await readItems({ type, chunks: chunks() });
    expect(defaultsBytes).toBeGreaterThan(3_000);
  },
);
