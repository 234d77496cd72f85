import { randomBytes } from 'node:crypto';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { createClient, type Client } from '../../shared/src/client/client.ts';
import { freePort } from '../../shared/src/embedded/free-port.ts';
import { startGuardian, type Guardian } from '../../shared/src/embedded/processes/guardian.ts';
import type { StoreBinary } from '../../shared/src/embedded/stores/binaries.ts';
import { requireBinary } from '../../shared/src/testing/stores.ts';
import { connectStore, type Store } from '../../shared/src/store/connect.ts';
import { runMigrations } from '../../shared/src/store/migrations/run-migrations.ts';
import { createAppProcess, type AppProcess, type Installation, type Role } from './app-process.ts';
import { makeDataDir, removeData } from './product.ts';
import { startStoreProcess, type StoreProcess } from './store-process.ts';

/** The product as production runs it: processes of their own on given stores, each in the hands of a test. */
export interface Fleet {
  mongod: StoreProcess;
  redis: StoreProcess;
  apis: AppProcess[];
  workers: AppProcess[];
  scheduler: AppProcess;
  /** Where each API process listens, also after it was started again. */
  urls: string[];
  token: string;
  /** What every process is started with. */
  env: Record<string, string>;
  /** A client of the first API process. */
  client: Client;
  /** The ledger, by a connection of the test's own. */
  store: Store;
  /** Another process, which runs only when it is started; `env` may lead it to its stores another way. */
  create(role: Role, env?: Record<string, string>): Promise<{ app: AppProcess; url: string }>;
  /** Kills all of it and deletes its files; safe to call twice. */
  close(): Promise<void>;
}

export interface FleetOptions {
  apis?: number;
  workers?: number;
  /** Where an executable stands in for the one that is found. */
  binaries?: Partial<Record<StoreBinary, string>>;
  env?: Record<string, string>;
  installation?: Installation;
  /** Files that a mongod is to start with, and the password of its user, which is in them. */
  restored?: { files: string; password: string };
}

/** Starts stores, migrates the ledger, and starts every process. @throws when one does not come up; then none is left */
export async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  await using stack = new AsyncDisposableStack();
  const folder = makeDataDir();
  stack.defer(() => removeData(folder));
  const guardian = await startGuardian({ lock: path.join(folder, 'guardian.lock') });
  stack.defer(() => guardian.stop());
  const [mongod, redis] = await Promise.all([
    startStore('mongod', 'mongod', { folder, guardian }, options),
    startStore('redis', 'redis-server', { folder, guardian }, options),
  ]);
  // Nobody reads their files after this, so there is no reason to wait until they are in order.
  stack.defer(async () => void (await Promise.all([mongod.kill(), redis.kill()])));
  const store = await connectStore({ mongodbUri: mongod.uri });
  stack.defer(() => {
    mongod.thaw();
    return store.close();
  });
  await runMigrations(store);
  const token = `ust_${randomBytes(24).toString('hex')}`;
  const common = {
    MONGODB_URI: mongod.uri,
    REDIS_URL: redis.uri,
    UNDERSTUDY_MASTER_KEYS: `1:${randomBytes(32).toString('base64')}`,
    UNDERSTUDY_BOOTSTRAP_TOKEN: token,
    UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1',
    ...options.env,
  };
  const all: AppProcess[] = [];
  stack.defer(
    async () => void (await Promise.all(all.filter((app) => app.isRunning()).map((app) => app.kill()))),
  );
  const create: Fleet['create'] = async (role, env = {}) => {
    const port = String(await freePort());
    const listens = role === 'api' ? { PORT: port } : {};
    const { installation } = options;
    const app = createAppProcess({
      role,
      guardian,
      env: { ...common, ...listens, ...env },
      installation,
    });
    all.push(app);
    return { app, url: `http://127.0.0.1:${port}` };
  };
  const createMany = (role: Role, count: number) =>
    Promise.all(Array.from({ length: count }, () => create(role)));

  const apis = await createMany('api', options.apis ?? 1);
  const workers = await createMany('worker', options.workers ?? 2);
  const { app: scheduler } = await create('scheduler');
  await Promise.all(all.map((app) => app.start()));
  const urls = apis.map(({ url }) => url);

  const running = stack.move();
  return {
    mongod,
    redis,
    apis: apis.map(({ app }) => app),
    workers: workers.map(({ app }) => app),
    scheduler,
    urls,
    token,
    env: common,
    client: createClient({ baseUrl: urls[0] ?? '', token }),
    store,
    create,
    close: () => running.disposeAsync(),
  };
}

async function startStore(
  name: 'mongod' | 'redis',
  binaryName: StoreBinary,
  { folder, guardian }: { folder: string; guardian: Guardian },
  { binaries = {}, restored }: FleetOptions,
): Promise<StoreProcess> {
  const binary = binaries[binaryName] ?? requireBinary(binaryName, process.env);
  const own = path.join(folder, name);
  const given = name === 'mongod' ? restored : undefined;
  if (given) cpSync(given.files, path.join(own, 'data'), { recursive: true });
  return startStoreProcess(name, {
    binary,
    folder: own,
    port: await freePort(),
    password: given?.password ?? randomBytes(24).toString('hex'),
    guardian,
  });
}
