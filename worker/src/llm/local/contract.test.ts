import { describeAdapter } from '../adapter-contract.ts';
import { createLocalAdapter } from './adapter.ts';

const connection = {
  id: 'prv_test',
  type: 'local' as const,
  baseUrl: null,
  apiKey: null,
  configuration: null,
};

describeAdapter('local', () => createLocalAdapter(connection, { fetch }));
