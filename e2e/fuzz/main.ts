import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { SetUpError } from '../../shared/src/embedded/set-up/set-up-error.ts';
import { makeDataDir, removeData, startProduct, type Product } from '../support/product.ts';
import { makeFixtures } from './fixtures.ts';
import { installSchemathesis } from './install-schemathesis.ts';
import { toConfig } from './to-config.ts';

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
/** Operations that are left out, and why. */
const LEFT_OUT: Record<string, string> = {
  openEvents: 'its reply has no end, and is no JSON',
};

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, examples: { type: 'string', default: '10' } },
});

try {
  process.exitCode = await fuzz(await installSchemathesis(process.env));
} catch (error) {
  if (!(error instanceof SetUpError)) throw error;
  console.error(`Fuzzing needs schemathesis: ${error.message}\nWhat to do: ${error.remedy}`);
  process.exitCode = 1;
}

/** Runs schemathesis against the product, on stores of its own; 0 where it found nothing. */
async function fuzz(schemathesis: string): Promise<number> {
  const product = await startProduct({ dataDir: makeDataDir() });
  const run = (phases: string, known: Record<string, string>, more: string[] = []) =>
    runSchemathesis(schemathesis, product, { phases, known, more });
  try {
    const known = await makeFixtures(product);
    console.log('Things that are there, changed in every way:');
    const only = ['--include-path-regex', '[{]', '--exclude-method', 'DELETE'];
    const ofKnown = await run('fuzzing', known, only);
    console.log('Everything, mostly of things that are not there:');
    const ofAll = await run('examples,coverage,fuzzing', {});
    for (const [id, why] of Object.entries(LEFT_OUT)) console.log(`Left out: ${id}, since ${why}.`);
    return ofKnown || ofAll;
  } finally {
    await product.stop();
    removeData(product.dataDir);
  }
}

async function runSchemathesis(
  schemathesis: string,
  { url, adminToken, dataDir }: Product,
  { phases, known, more }: { phases: string; known: Record<string, string>; more: string[] },
): Promise<number> {
  const config = path.join(dataDir, 'schemathesis.toml');
  writeFileSync(config, toConfig(known));
  const args = ['--config-file', config, 'run', `${url}/api/openapi.json`, '--checks', CHECKS.join()];
  args.push('--header', `Authorization: Bearer ${adminToken}`, '--phases', phases, ...more);
  args.push('--max-examples', values.examples, '--seed', values.seed, '--continue-on-failure');
  // One worker: the syntax trees of Python 3.11 break in threads.
  args.push('--workers', '1', '--request-timeout', '20', '--warnings', 'off');
  for (const id of Object.keys(LEFT_OUT)) args.push('--exclude-operation-id', id);
  const child = spawn(schemathesis, args, { stdio: 'inherit', cwd: dataDir });
  const [code] = (await once(child, 'close')) as [number | null];
  return code ?? 1;
}
