import { randomBytes } from 'node:crypto';
import type { Clock } from '@understudy/shared/runtime/clock';
import type { Logger } from '@understudy/shared/runtime/logger';
import type { Tracing } from '@understudy/shared/runtime/tracing/tracing';
import type { Scope } from '@understudy/shared/contracts/scope';
import { createTestBed, type TestBed } from '@understudy/shared/testing/test-bed';
import { inTransaction } from '@understudy/shared/store/transaction';
import { insertToken } from '@understudy/shared/store/tokens/tokens';
import { bumpVersion } from '@understudy/shared/store/versions/versions';
import { compose } from '../compose.ts';
import type { ApiConfig } from '../config.ts';
import type { Context } from '../context.ts';
import { createCaller, type Caller } from './caller.ts';

export interface TestApi {
  bed: TestBed;
  context: Context;
  url: string;
  adminToken: string;
  /** Calls as an administrator of the client `default`. */
  admin: Caller;
  /** Calls without a token. */
  anonymous: Caller;
  /** A caller with a token of its own. */
  as(options: {
    scopes: Scope[];
    client?: string;
    requestsPerMinute?: number;
  }): Promise<Caller & { token: string; tokenId: string }>;
  close(): Promise<void>;
}

interface TestApiOptions {
  config?: Partial<ApiConfig>;
  consoleFolder?: string;
  clock?: Clock;
  /** Nobody reads what is logged where this is absent. */
  logger?: Logger;
  tracing?: Tracing | null;
  /** Stores that are shared with another API process, whose test closes them. */
  bed?: TestBed;
  lingerMs?: number;
}

/** The API over real HTTP on a free port, composed as in production, on stores of its own. */
export async function startTestApi(options: TestApiOptions = {}): Promise<TestApi> {
  const { config = {}, consoleFolder, clock, tracing = null, lingerMs = 0 } = options;
  const bed = options.bed ?? (await createTestBed());
  const adminToken = `ust_${randomBytes(24).toString('hex')}`;
  const api = await compose(
    { ...toConfig(bed, adminToken), ...config },
    {
      logger: options.logger ?? bed.logger,
      prefix: bed.prefix,
      tracing,
      lingerMs,
      ...(consoleFolder === undefined ? {} : { consoleFolder }),
      ...(clock === undefined ? {} : { clock }),
    },
  );
  const { port } = await api.start();
  const url = `http://127.0.0.1:${port}`;
  return {
    bed,
    context: api.context,
    url,
    adminToken,
    admin: createCaller(url, adminToken),
    anonymous: createCaller(url, null),
    async as({ scopes, client = 'default', requestsPerMinute = null }) {
      const made = await inTransaction(bed.store, async (session) => {
        const token = { name: `test ${scopes}`, client, scopes, expiresAt: null, requestsPerMinute };
        const written = await insertToken(bed.store, token, session);
        await bumpVersion(bed.store, 'tokens', session);
        return written;
      });
      await api.context.watcher.refresh();
      return Object.assign(createCaller(url, made.value), { token: made.value, tokenId: made.token._id });
    },
    async close() {
      await api.close();
      if (!options.bed) await bed.close();
    },
  };
}

function toConfig(bed: TestBed, adminToken: string): ApiConfig {
  return {
    MONGODB_URI: bed.mongodbUri,
    REDIS_URL: bed.redisUrl,
    HOST: '127.0.0.1',
    PORT: 0,
    UNDERSTUDY_MASTER_KEYS: bed.masterKeys,
    UNDERSTUDY_BOOTSTRAP_TOKEN: adminToken,
    UNDERSTUDY_PRIVATE_HOSTS: ['127.0.0.1'],
    PUBLIC_URL: undefined,
    TRUST_PROXY: 0,
    METRICS_TOKEN: undefined,
    LOG_LEVEL: 'silent',
    OPENAI_API_KEY: undefined,
    ANTHROPIC_API_KEY: undefined,
  };
}
