import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SetUpError } from '../../shared/src/embedded/set-up/set-up-error.ts';
import { makeDataDir, removeData, startProduct } from '../support/product.ts';
import { installSchemathesis } from './install-schemathesis.ts';

const CONFIG = fileURLToPath(new URL('schemathesis.toml', import.meta.url));
const CHECKS = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_schema_conformance',
  'response_headers_conformance',
  'allow_header_conformance',
  'unsupported_method',
  'negative_data_rejection',
  'ignored_auth',
];
/** What is left out, and why. */
const EXCLUDED: Record<string, string> = {
  openEvents: 'its reply has no end, and is no JSON',
};

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    examples: { type: 'string', default: '10' },
    only: { type: 'string' },
  },
});

try {
  process.exitCode = await fuzz(await installSchemathesis(process.env));
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(`Fuzzing needs schemathesis: ${error.message}\nWhat to do: ${error.remedy}`);
  process.exitCode = 1;
}

/** Runs schemathesis against the product with stores of its own; 0 where it found nothing. */
async function fuzz(schemathesis: string): Promise<number> {
  const dataDir = makeDataDir();
  const product = await startProduct({ dataDir });
  try {
    const args = ['--config-file', CONFIG, 'run', `${product.url}/api/openapi.json`];
    args.push('--header', `Authorization: Bearer ${product.adminToken}`, '--checks', CHECKS.join(','));
    args.push(
      '--phases',
      'examples,coverage,fuzzing,stateful',
      '--max-examples',
      values.examples,
      '--seed',
      values.seed,
    );
    // One worker: the syntax trees of Python 3.11 break in threads.
    args.push('--workers', '1', '--request-timeout', '20', '--continue-on-failure', '--warnings', 'off');
    for (const id of Object.keys(EXCLUDED)) args.push('--exclude-operation-id', id);
    if (values.only) args.push('--include-operation-id', values.only);
    const child = spawn(schemathesis, args, { stdio: 'inherit', cwd: dataDir });
    const [code] = (await once(child, 'close')) as [number | null];
    for (const [id, why] of Object.entries(EXCLUDED)) console.log(`Left out: ${id}, since ${why}.`);
    return code ?? 1;
  } finally {
    await product.stop();
    removeData(dataDir);
  }
}
