import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { findStoreBinary } from '../../../shared/src/embedded/stores/binaries.ts';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));

/** What the figures were measured on. */
export function describeMachine(): string[][] {
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  return [
    ['processors', `${availableParallelism()} × ${cpus()[0]?.model.trim() ?? 'unknown'}`],
    ['memory', memory],
    ['Node.js', process.version],
    ['MongoDB', `${readVersion('mongod', /v(\d+\.\d+\.\d+)/)}, one-node replica set, journal on`],
    [
      'Redis',
      `${readVersion('redis-server', /v=(\d+\.\d+\.\d+)/)}, append-only file on, synced every second`,
    ],
  ];
}

/** When, of which commit, and how busy the machine was with other things at the start. */
export function describeMoment(rounds: number): string {
  const at = `${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const load = loadavg()[0]?.toFixed(2);
  return `Measured on ${at}, commit ${readCommit()}, load average at the start ${load}, in ${rounds === 1 ? 'one round' : `${rounds} rounds`}.`;
}

function readVersion(name: 'mongod' | 'redis-server', pattern: RegExp): string {
  const binary = findStoreBinary(name, process.env);
  if (!binary) return 'unknown';
  return pattern.exec(execFileSync(binary, ['--version'], { encoding: 'utf8' }))?.[1] ?? 'unknown';
}

function readCommit(): string {
  const git = (...args: string[]) => execFileSync('git', ['-C', ROOT, ...args], { encoding: 'utf8' }).trim();
  const isChanged = git('status', '--porcelain', '--untracked-files=no', '--', ':!docs/benchmarks.md') !== '';
  return `${git('rev-parse', '--short', 'HEAD')}${isChanged ? ' with changes' : ''}`;
}
