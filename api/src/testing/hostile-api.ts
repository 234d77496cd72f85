import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@understudy/shared/runtime/logger';
import { keepOutput } from '@understudy/shared/testing/keep-output';
import { expect } from 'vitest';
import type { RawReply } from './raw-http.ts';
import { startTestApi, type TestApi } from './test-api.ts';

/** Stands somewhere in every hostile input, so that it can be looked for afterwards. */
export const MARK = 'h0stile-mark';

export interface HostileApi extends TestApi {
  /** The lines of a request's head that make it an administrator's, and the last on its connection. */
  adminHead: string;
  /** Answers as before to somebody honest, and nothing of what the hostile sent is in the log. */
  assertUnharmed(): Promise<void>;
}

/** The API composed as in production, on real stores, with its log in memory. */
export async function startHostileApi(options: Parameters<typeof startTestApi>[0] = {}): Promise<HostileApi> {
  const { output: destination, read: readLog } = keepOutput();
  const consoleFolder = await mkdtemp(join(tmpdir(), 'understudy-hostile-'));
  await writeFile(join(consoleFolder, 'index.html'), 'the console');
  const api = await startTestApi({
    ...options,
    consoleFolder,
    logger: createLogger({ role: 'api', level: 'trace', destination }),
  });
  return {
    ...api,
    adminHead: `Host: x\r\nAuthorization: Bearer ${api.adminToken}\r\nConnection: close\r\n`,
    async close() {
      await api.close();
      await rm(consoleFolder, { recursive: true, force: true });
    },
    async assertUnharmed() {
      const { status } = await api.admin('POST', '/api/classifications', {
        body: { text: 'honest', labels: ['a', 'b'] },
      });
      expect(status).toBe(202);
      const lines = readLog().split('\n');
      expect(lines.filter((line) => line.includes('answered'))).not.toEqual([]);
      expect(lines.filter((line) => line.includes(MARK))).toEqual([]);
      expect(lines.filter((line) => /"level":[56]0/.test(line))).toEqual([]);
    },
  };
}

/** What somebody got, in short: the status, and the code of a problem or what else it was. */
export function toGot({ status, headers, body }: RawReply): string {
  if (status === 0) return 'hung up';
  const type = headers.get('Content-Type') ?? '';
  if (!type.startsWith('application/problem+json')) return `${status} ${type.split(';', 1)[0]}`.trim();
  const problem = JSON.parse(body) as { status: number; code: string; requestId: string };
  expect(problem.status).toBe(status);
  expect(problem.requestId).toBe(headers.get('X-Request-Id'));
  return `${status} ${problem.code}`;
}
