import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../shared/src/embedded/free-port.ts';
import { runCommand } from '../../shared/src/embedded/set-up/run-command.ts';
import { makeDataDir, removeData, startProduct, type Product } from './product.ts';
import { toScript, type DocumentStep } from './document-steps.ts';

/** Where the documents say that the service is. */
const WRITTEN = '127.0.0.1:3000';

export interface DocumentBed {
  product: Product;
  /** Where it really listens. */
  url: string;
  /** Runs steps as they are written, in one shell, and gives what each of them printed. */
  walk(steps: readonly DocumentStep[]): Promise<string[]>;
  close(): Promise<void>;
}

/** A fresh product, and a folder in which a document's lines reach it as they are written. */
export async function createDocumentBed(): Promise<DocumentBed> {
  const dataDir = makeDataDir();
  const port = await freePort();
  const product = await startProduct({
    dataDir,
    env: { PORT: String(port), PUBLIC_URL: `http://${WRITTEN}`, UNDERSTUDY_PRIVATE_HOSTS: '127.0.0.1' },
  });
  const folder = mkdtempSync(path.join(tmpdir(), 'understudy-walk-'));
  symlinkSync(dataDir, path.join(folder, '.understudy'));
  writeFileSync(path.join(folder, '.curlrc'), `connect-to = "${WRITTEN}:127.0.0.1:${port}"\n`);
  return {
    product,
    url: `http://127.0.0.1:${port}`,
    async walk(steps) {
      const { PATH = '', HOME = '' } = process.env;
      const env = { PATH, HOME, CURL_HOME: folder };
      await runCommand('bash', ['-c', toScript(steps, folder)], { cwd: folder, env });
      return steps.map((_, index) => readFileSync(path.join(folder, String(index)), 'utf8'));
    },
    async close() {
      await product.stop();
      removeData(dataDir);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
