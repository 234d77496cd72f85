import { expect, it } from 'vitest';
import { readEnvironment } from './read-environment.ts';

it.each([
  ['OTEL_TRACES_SAMPLER_ARG', 'abc'],
  ['OTEL_EXPORTER_OTLP_HEADERS', 'no pair'],
])('names a wrong %s, and reads the rest without it', (name, value) => {
  const endpoint = 'http://127.0.0.1:4318';
  const env = { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, [name]: value, REDIS_URL: 'redis://127.0.0.1:6379' };
  const { config, faults } = readEnvironment(env);
  expect(faults).toEqual([expect.stringContaining(name)]);
  expect(faults.join()).not.toContain(value);
  expect(config).toMatchObject({ REDIS_URL: env.REDIS_URL });
});
