import { describeAdapter } from '../adapter-contract.ts';
import { createLocalAdapter } from './adapter.ts';

const configuration = { timeoutMs: 10_000, maxConcurrency: 16 };
const connection = {
  id: 'prv_test',
  name: 'local',
  type: 'local' as const,
  baseUrl: null,
  apiKey: null,
  configuration,
};

describeAdapter('local', () => createLocalAdapter(connection, { fetch }));
