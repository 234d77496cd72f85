import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import { addReadMetric } from './read-metric.ts';

it('leaves out a metric that cannot be, and no other', async () => {
  const registry = new Registry();
  const labelNames = ['of'];
  const read = () => [
    { labels: { of: 'a' }, value: 3 },
    { labels: { of: 'b' }, value: -1 },
  ];
  addReadMetric(registry, { type: 'counter', name: 'falls_total', help: 'x', labelNames, read });
  addReadMetric(registry, { type: 'gauge', name: 'stands', help: 'x', labelNames, read });
  const said = await registry.metrics();
  expect(said).toContain('stands{of="b"} -1');
  expect(said).not.toMatch(/^falls_total/m);
});
