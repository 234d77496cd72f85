import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { createClient } from '../shared/src/client/client.ts';
import { freePort } from '../shared/src/embedded/free-port.ts';
import { runCommand } from '../shared/src/embedded/set-up/run-command.ts';
import { eventually } from '../shared/src/testing/eventually.ts';
import { createDocumentBed, type DocumentBed } from './support/document-bed.ts';
import { findDifferences, findUncalled, readBlock, readSteps } from './support/document-steps.ts';
import { makeDataDir, removeData } from './support/product.ts';

const ROOT = new URL('../', import.meta.url);

let bed: DocumentBed;
beforeAll(async () => {
  bed = await createDocumentBed();
});
afterAll(() => bed.close());

describe.each(['docs/api.md', 'docs/integrate.md', 'docs/providers.md'])('%s, word for word', (document) => {
  const steps = readSteps(new URL(document, ROOT));
  const answered = steps.map((step, index) => ({ ...step, index })).filter(({ expected }) => expected);
  let outputs: string[];
  beforeAll(async () => {
    outputs = await bed.walk(steps);
  });

  test.for(answered)('line $line', ({ index, expected }) => {
    const output = outputs[index] ?? '';
    expect({ output, differences: expected && findDifferences(expected, output) }).toEqual({
      output,
      differences: [],
    });
  });
});

test('README.md: every line with curl is answered, and by no problem', async () => {
  const steps = readSteps(new URL('README.md', ROOT)).filter(({ command }) => /\bcurl\b/.test(command));
  const outputs = await bed.walk(steps);
  expect(steps.length).toBeGreaterThan(5);
  for (const output of outputs) {
    expect(output).toMatch(/^\{|^retry: /);
    expect(output).not.toContain('"requestId":"');
  }
});

test('docs/api.md calls every endpoint', async () => {
  const response = await fetch(`${bed.url}/api/openapi.json`);
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => ({ method: method.toUpperCase(), path })),
  );
  expect(findUncalled(operations, readSteps(new URL('docs/api.md', ROOT)))).toEqual([]);
});

/** One request that breaks off amid its body, and one that says no more. @returns what ends that one. */
async function sendHalves(port: number): Promise<() => void> {
  const sent = [1, 2].map(async () => {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    await new Promise((resolve) =>
      socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{"', resolve),
    );
    return socket;
  });
  const [broken, silent] = await Promise.all(sent);
  broken?.destroy();
  return () => silent?.destroy();
}

describe('docs/integrate.md', () => {
  const document = new URL('docs/integrate.md', ROOT);

  test.for([
    ['js', process.execPath, '--input-type=module', '-e'],
    ['python', 'python3', '-c'],
  ])(
    'its receiver in %s takes a message once, and none that is not signed',
    async ([language = '', ...run]) => {
      const client = createClient({ baseUrl: bed.url, token: bed.product.adminToken });
      const port = await freePort();
      const url = `http://127.0.0.1:${port}/${language}`;
      const { id, secret } = await client.webhooks.create({ url, events: ['classification.succeeded'] });
      const [command = '', ...args] = [...run, readBlock(document, language)];
      const receiver = spawn(command, args, {
        env: { PATH: process.env['PATH'], UNDERSTUDY_WEBHOOK_SECRET: secret, PORT: String(port) },
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      onTestFinished(async () => {
        receiver.kill();
        await once(receiver, 'close');
        await client.webhooks.remove(id);
      });
      let printed = '';
      receiver.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
      await eventually(async () => (await fetch(url, { method: 'POST', body: '{}' })).status === 401);
      onTestFinished(await sendHalves(port));

      const job = await client.classifications.submit(
        { text: 'a refund please', labels: ['refund', 'praise'] },
        { waitSeconds: 20 },
      );
      await eventually(() => printed !== '');
      expect(printed).toBe(`classification.succeeded ${job.id} refund\n`);

      const untilDelivered = (times: number) =>
        eventually(async () => {
          const [delivery] = (await client.webhooks.deliveries(id)).data;
          return delivery?.state === 'delivered' && delivery.tries.length === times && delivery.id;
        });
      await client.webhooks.redeliver(id, await untilDelivered(1));
      await untilDelivered(2);
      expect(printed.trimEnd().split('\n')).toHaveLength(1);
    },
  );

  /** A folder with the copies that the document asks for. */
  function copyClient(): string {
    const folder = makeDataDir();
    onTestFinished(() => removeData(folder));
    for (const name of ['client', 'contracts'])
      cpSync(new URL(`shared/src/${name}`, ROOT), path.join(folder, name), { recursive: true });
    symlinkSync(new URL('node_modules', ROOT), path.join(folder, 'node_modules'));
    return folder;
  }

  test('its lines in TypeScript have no fault of types, nor do those of docs/webhooks.md', async () => {
    const folder = copyClient();
    const webhooks = `declare const rawBody: string, request: { headers: Record<string, string> };\n`;
    writeFileSync(path.join(folder, 'integrate.ts'), readBlock(document, 'ts'));
    writeFileSync(
      path.join(folder, 'webhooks.ts'),
      webhooks + readBlock(new URL('docs/webhooks.md', ROOT), 'ts'),
    );
    const options = ['--strict', '--noEmit', '--skipLibCheck', '--allowImportingTsExtensions'];
    const target = ['--target', 'esnext', '--module', 'preserve', '--types', 'node'];
    const { PATH = '' } = process.env;
    const result = await runCommand('tsc', [...options, ...target, 'integrate.ts', 'webhooks.ts'], {
      cwd: folder,
      env: { PATH },
    });
    expect(result).toMatchObject({ status: 0, output: '' });
  });

  test('its lines in TypeScript get an answer, beside the copies that it asks for', async () => {
    const folder = copyClient();
    const child = spawn(
      process.execPath,
      ['--input-type=module-typescript', '-e', readBlock(document, 'ts')],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], UNDERSTUDY_URL: bed.url, UNDERSTUDY_TOKEN: bed.product.adminToken },
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (printed += chunk));
    await once(child, 'close');
    expect(printed).toMatch(/^succeeded (refund|delivery)\n$/);
  });
});

test('docs/operations/upgrade.md stops nothing where what is new does not come up', async () => {
  const block = readBlock(new URL('docs/operations/upgrade.md', ROOT), 'sh', 'old=');
  const folder = makeDataDir();
  onTestFinished(() => removeData(folder));
  const run = async (status: number) => {
    const docker = `#!/bin/sh\necho "$*" >> ${folder}/log\ncase "$*" in *" ps "*) echo a; echo b;; *" up "*) exit ${status};; esac\n`;
    writeFileSync(path.join(folder, 'docker'), docker, { mode: 0o755 });
    writeFileSync(path.join(folder, 'log'), '');
    await runCommand('bash', ['-c', block], { cwd: folder, env: { PATH: `${folder}:/usr/bin:/bin` } });
    return readFileSync(path.join(folder, 'log'), 'utf8').trim().split('\n');
  };
  expect((await run(0)).slice(-2)).toEqual(['stop -t 20 a b', 'rm a b']);
  expect((await run(1)).filter((line) => /^(stop|rm)/.test(line))).toEqual([]);
});
