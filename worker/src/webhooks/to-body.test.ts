import { buildJob } from '@understudy/shared/testing/builders';
import { toClassification } from '@understudy/shared/store/jobs/to-classification';
import { expect, it } from 'vitest';
import { toJobBody } from './to-body.ts';

const at = new Date('2026-01-02T03:04:05.678Z');
const parse = (body: string) => JSON.parse(body) as { data: Record<string, unknown> };

it('has everything of the job but its text', () => {
  const job = toClassification(buildJob({ state: 'succeeded' }), ['a', 'b'], []);
  const { text: _text, ...data } = job;
  expect(JSON.parse(toJobBody('classification.succeeded', at, job))).toEqual({
    type: 'classification.succeeded',
    timestamp: '2026-01-02T03:04:05.678Z',
    data,
  });
});

it('is cut to what matters where it would be too large for a receiver', () => {
  const examples = Array.from({ length: 50 }, () => 'x'.repeat(2_000));
  const labels = Array.from({ length: 20 }, (_, index) => ({ name: `label-${index}`, examples }));
  const job = toClassification(buildJob({ instructions: 'y'.repeat(20_000) }), labels, []);
  const body = toJobBody('classification.failed', at, job);
  expect(Buffer.byteLength(body)).toBeLessThan(64 * 1_024);
  expect(parse(body).data).toMatchObject({
    truncated: true,
    instructions: null,
    labels: labels.map(({ name }) => name),
  });
});
