import type { TestProject } from 'vitest/node';
import { startTestStores } from './stores.ts';

/** Starts one MongoDB and one Redis for a whole run; a test reads them with `inject('stores')`. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { mongodbUri, redisUrl, stop } = await startTestStores({ env: process.env });
  project.provide('stores', { mongodbUri, redisUrl });
  return stop;
}
