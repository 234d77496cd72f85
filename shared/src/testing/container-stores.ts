import { createConnection } from 'node:net';
import type { Environment } from '../config.ts';
import type { TestStores } from './stores.ts';

const MONGO_IMAGE = 'mongo:8.0';
const REDIS_IMAGE = 'redis:7.4';
const PROBE_MS = 1_000;

/** Whether a container engine takes connections, at DOCKER_HOST or at the usual socket. */
export function containerEngineAnswers(env: Environment): Promise<boolean> {
  const host = env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock';
  const url = URL.parse(host);
  if (!url) return Promise.resolve(false);
  const target =
    url.protocol === 'unix:'
      ? { path: url.pathname }
      : { host: url.hostname, port: Number(url.port || 2375) };
  return new Promise((resolve) => {
    const socket = createConnection({ ...target, timeout: PROBE_MS });
    const answer = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
    socket.once('timeout', () => answer(false));
  });
}

/** Starts both stores as containers; the library's own reaper removes them even if this process is killed. */
export async function startContainerStores(): Promise<TestStores> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const initiate = `try { rs.status() } catch { rs.initiate({ _id: 'understudy', members: [{ _id: 0, host: '127.0.0.1:27017' }] }) }; quit(db.hello().isWritablePrimary ? 0 : 1)`;
  const [mongo, redis] = await Promise.all([
    new GenericContainer(MONGO_IMAGE)
      .withCommand(['--replSet', 'understudy', '--bind_ip_all'])
      .withExposedPorts(27_017)
      .withHealthCheck({
        test: ['CMD', 'mongosh', '--quiet', '--eval', initiate],
        interval: 1_000,
        timeout: 10_000,
        retries: 60,
      })
      .withWaitStrategy(Wait.forHealthCheck())
      .start(),
    new GenericContainer(REDIS_IMAGE)
      .withCommand(['redis-server', '--appendonly', 'yes', '--maxmemory-policy', 'noeviction'])
      .withExposedPorts(6_379)
      .start(),
  ]);
  let stopped: Promise<unknown> | undefined;
  return {
    // The set's member is known by its address inside of the container, so the driver must not look for it.
    mongodbUri: `mongodb://${mongo.getHost()}:${mongo.getMappedPort(27_017)}/understudy?directConnection=true`,
    redisUrl: `redis://${redis.getHost()}:${redis.getMappedPort(6_379)}/0`,
    stop: async () => void (await (stopped ??= Promise.all([mongo.stop(), redis.stop()]))),
  };
}
