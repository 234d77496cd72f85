import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import type { Environment } from '../config.ts';
import { eventually } from '../testing/eventually.ts';
import { keepOutput } from '../testing/keep-output.ts';
import type { Entries } from './processes/app-plan.ts';
import { parseEmbeddedConfig } from './config.ts';
import { isFolderHeld } from './folder/hold.ts';
import { prefixLine } from './processes/log-lines.ts';
import { isRunning } from './processes/process-info.ts';
import { createSupervisor, type SupervisorOptions } from './supervisor.ts';

const fixture = (name: string) => fileURLToPath(new URL(`./__fixtures__/${name}.ts`, import.meta.url));
const app = fixture('app/main');
const entries: Entries = { api: app, worker: app, scheduler: app };

/** A supervisor of stand-in apps; the stores are given ones, which nobody calls. */
function setup(
  options: {
    env?: Environment;
    entries?: Partial<Entries>;
    folder?: string;
    migrate?: SupervisorOptions['migrate'];
  } = {},
) {
  const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'understudy-supervisor-'));
  const env: Environment = {
    PORT: '0',
    MONGODB_URI: 'mongodb://127.0.0.1:1/understudy',
    REDIS_URL: 'redis://127.0.0.1:1',
    UNDERSTUDY_DATA_DIR: folder,
    ...options.env,
  };
  const { output: out, read: log } = keepOutput();
  const migrated: string[] = [];
  const supervisor = createSupervisor({
    config: parseEmbeddedConfig(env),
    env,
    entries: { ...entries, ...options.entries },
    out,
    format: prefixLine,
    migrate: options.migrate ?? (async (uri) => void migrated.push(uri)),
  });
  onTestFinished(async () => {
    await supervisor.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  return { supervisor, folder, migrated, log };
}

test('migrates, starts every process with what it needs, and leaves none behind', async () => {
  const { supervisor, folder, migrated } = setup({ env: { WORKER_PROCESSES: '2' } });
  const { publicUrl, processes } = await supervisor.start();

  expect(migrated).toEqual(['mongodb://127.0.0.1:1/understudy']);
  expect(Object.keys(processes).toSorted()).toEqual([
    'api',
    'scheduler',
    'supervisor',
    'worker-1',
    'worker-2',
  ]);
  const env = (await (await fetch(`${publicUrl}/env`)).json()) as Environment;
  expect(env['UNDERSTUDY_MASTER_KEYS']).toMatch(/^1:[A-Za-z0-9+/]{43}=$/);
  expect(env['UNDERSTUDY_BOOTSTRAP_TOKEN']).toMatch(/^ust_[A-Za-z0-9_-]{43}$/);
  expect(env).toMatchObject({ PUBLIC_URL: publicUrl, REDIS_URL: 'redis://127.0.0.1:1' });

  await supervisor.stop();
  const { supervisor: _own, ...children } = processes;
  expect(Object.values(children).filter(isRunning)).toEqual([]);
  expect(isFolderHeld(folder)).toBe(false);
});

test('keeps the secrets from one start to the next', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'understudy-supervisor-'));
  const secrets = [];
  for (const { supervisor } of [setup({ folder }), setup({ folder })]) {
    const { publicUrl } = await supervisor.start();
    const env = (await (await fetch(`${publicUrl}/env`)).json()) as Environment;
    secrets.push([env['UNDERSTUDY_MASTER_KEYS'], env['UNDERSTUDY_BOOTSTRAP_TOKEN']]);
    await supervisor.stop();
  }
  expect(secrets[1]).toEqual(secrets[0]);
});

test('keeps no master keys of its own where they are given, and does not start once they are not', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'understudy-supervisor-'));
  const UNDERSTUDY_MASTER_KEYS = `1:${Buffer.alloc(32, 1).toString('base64')}`;
  const { supervisor } = setup({ folder, env: { UNDERSTUDY_MASTER_KEYS } });
  const { publicUrl } = await supervisor.start();
  const env = (await (await fetch(`${publicUrl}/env`)).json()) as Environment;
  expect(env).toMatchObject({ UNDERSTUDY_MASTER_KEYS });
  await supervisor.stop();
  expect(existsSync(path.join(folder, 'master-keys'))).toBe(false);
  await expect(setup({ folder }).supervisor.start()).rejects.toThrow('master-keys is missing');
});

test('starts a killed process again', async () => {
  const { supervisor, log } = setup();
  const { publicUrl, processes } = await supervisor.start();
  const killed = processes['api'];
  // Zero would be the whole group of whoever runs the tests.
  if (!killed) throw new Error('No process is called api.');

  process.kill(killed, 'SIGKILL');
  await eventually(() => fetch(publicUrl).then(({ ok }) => ok && !isRunning(killed)));

  expect(log()).toContain('start | api ended (killed by SIGKILL); starting it again in 250 ms');
});

test('starts a killed process again once, though it cannot write down that it did', async () => {
  const { supervisor, folder, log } = setup();
  const { publicUrl, processes } = await supervisor.start();
  const killed = processes['api'];
  if (!killed) throw new Error('No process is called api.');
  mkdirSync(path.join(folder, 'runtime.json.partial')); // As little to be written as on a full disk.

  process.kill(killed, 'SIGKILL');
  await eventually(() => fetch(publicUrl).then(({ ok }) => ok && !isRunning(killed)));
  await eventually(() => log().includes('runtime.json'));

  expect(log().match(/api ended/g)).toHaveLength(1);
  expect(log()).toMatch(
    /start \| runtime\.json cannot be written \(EISDIR: .*\); it lacks process \d+ of api\./,
  );
});

test.for(['api', 'worker', 'scheduler'])(
  'gives up, leaving nothing, when its %s fails again and again before all is ready',
  async (name) => {
    const { supervisor, folder, log } = setup({ entries: { [name]: fixture('failing') } });

    await expect(supervisor.start()).rejects.toThrow(`${name} does not start`);
    await supervisor.stop();

    expect(log().match(new RegExp(`${name} \\| no use`, 'g'))).toHaveLength(3);
    expect(isFolderHeld(folder)).toBe(false);
  },
);

test('starts nothing when the port is taken, and says how to choose another', async () => {
  const taken = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void taken.close());
  await eventually(() => taken.listening);
  const { port } = taken.address() as AddressInfo;
  const { supervisor, folder, migrated } = setup({ env: { PORT: String(port) } });

  await expect(supervisor.start()).rejects.toThrow(`Port ${port} of 127.0.0.1 is taken`);
  await supervisor.stop();

  expect(migrated).toEqual([]);
  expect(isFolderHeld(folder)).toBe(false);
});

test('says who holds the folder', async () => {
  const first = setup();
  await first.supervisor.start();
  const second = setup({ folder: first.folder });

  await expect(second.supervisor.start()).rejects.toThrow(
    new RegExp(`held by process ${process.pid} since \\d{4}-\\d\\d-\\d\\dT`),
  );
});

test('stops in the middle of its start', async () => {
  const { supervisor, folder } = setup();
  const started = supervisor.start();
  const stopped = supervisor.stop();

  await expect(started).rejects.toThrow('It was stopped while it started.');
  await stopped;
  expect(isFolderHeld(folder)).toBe(false);
});

test('stops while a store starts that does not come up', async () => {
  const binaries = mkdtempSync(path.join(tmpdir(), 'understudy-binaries-'));
  onTestFinished(() => rmSync(binaries, { recursive: true }));
  const ran = path.join(binaries, 'ran');
  const script = `#!/bin/sh\n[ "$1" = --version ] && echo v8.0.0 && exit\n: > '${ran}'\nexec sleep 600\n`;
  writeFileSync(path.join(binaries, 'mongod'), script, { mode: 0o700 });
  const { supervisor, folder } = setup({ env: { MONGODB_URI: '', PATH: binaries } });
  const started = supervisor.start();
  await eventually(() => existsSync(ran));

  const stopped = supervisor.stop();
  await expect(started).rejects.toThrow('It was stopped while it started.');
  await stopped;
  expect(isFolderHeld(folder)).toBe(false);
});

test('stops while it migrates', async () => {
  const migrating = Promise.withResolvers<void>();
  const { supervisor } = setup({
    migrate: async (_uri, signal) => {
      migrating.resolve();
      await once(signal, 'abort');
      throw signal.reason;
    },
  });
  const started = supervisor.start();
  await migrating.promise;

  const stopped = supervisor.stop();
  await expect(started).rejects.toThrow('It was stopped while it started.');
  await stopped;
});

test('ends the stores of a run that was killed, though it is stopped before it starts its own', async () => {
  const { supervisor, folder } = setup();
  const processes: Record<string, number> = {};
  for (const name of ['mongod', 'redis']) {
    const args = ['-e', 'setInterval(() => {}, 1000)', path.join(folder, name)];
    const store = spawn(process.execPath, args, { stdio: 'ignore' });
    onTestFinished(() => void store.kill('SIGKILL'));
    await once(store, 'spawn');
    processes[name] = store.pid ?? 0;
  }
  writeFileSync(path.join(folder, 'hold.lock'), '');
  writeFileSync(path.join(folder, 'runtime.json'), JSON.stringify({ processes }));

  const started = supervisor.start();
  const stopped = supervisor.stop();
  await expect(started).rejects.toThrow('It was stopped while it started.');
  await stopped;

  expect(Object.values(processes).filter(isRunning)).toEqual([]);
});

test('ends every process at once when killed', async () => {
  const { supervisor } = setup();
  const { processes } = await supervisor.start();
  const { supervisor: _own, ...children } = processes;

  const stopped = supervisor.stop();
  supervisor.kill();
  await eventually(() => expect(Object.values(children).filter(isRunning)).toEqual([]));
  await stopped;
});
