import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { environment, parseConfig } from './config.ts';
import { ConfigError } from './errors.ts';
import { toBearer } from './net/to-bearer.ts';

const key = randomBytes(32).toString('base64');

function faultsOf(read: () => unknown): string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof ConfigError) return error.faults;
    throw error;
  }
  return [];
}

it('names every fault at once, and no value', () => {
  const { MONGODB_URI, PORT, UNDERSTUDY_MASTER_KEYS } = environment;
  const env = { MONGODB_URI: 'postgres://secret@host', PORT: '70000', UNDERSTUDY_MASTER_KEYS: '1:c2VjcmV0' };
  const faults = faultsOf(() => parseConfig({ MONGODB_URI, PORT, UNDERSTUDY_MASTER_KEYS }, env));
  expect(faults).toHaveLength(3);
  expect(faults.join()).not.toMatch(/secret|c2VjcmV0/);
});

it('says of a missing variable that it is required, and takes an empty one as missing', () => {
  const { MONGODB_URI } = environment;
  expect(faultsOf(() => parseConfig({ MONGODB_URI }, {}))).toEqual(['MONGODB_URI is required']);
  expect(faultsOf(() => parseConfig({ MONGODB_URI }, { MONGODB_URI: '' }))).toEqual([
    'MONGODB_URI is required',
  ]);
});

it('takes the addresses that the secrets for Kubernetes show', () => {
  const file = new URL('../../docs/operations/kubernetes/secrets.example.yaml', import.meta.url);
  const { stringData } = parse(readFileSync(file, 'utf8')) as { stringData: Record<string, string> };
  const { MONGODB_URI, REDIS_URL } = environment;
  const read = parseConfig({ MONGODB_URI, REDIS_URL }, stringData);
  expect(read).toEqual({ MONGODB_URI: stringData['MONGODB_URI'], REDIS_URL: stringData['REDIS_URL'] });
  expect(read.MONGODB_URI).toMatch(/:27017,.+:27017,.+:27017/);
});

it.each([
  'mongodb://127.0.0.1',
  'mongodb://me:p%40ss@a:1,b:2/?replicaSet=rs0',
  'mongodb://[::1]:27017,[::1]:27018/understudy',
  'mongodb+srv://me:pass@db.example.com/understudy',
  'mongodb://%2Ftmp%2Fmongodb-27017.sock/understudy',
])('takes %s for a ledger', (MONGODB_URI) => {
  expect(parseConfig({ MONGODB_URI: environment.MONGODB_URI }, { MONGODB_URI })).toEqual({ MONGODB_URI });
});

it.each([
  'mongodb://',
  'a:27017,b:27017/understudy',
  'redis://secret@a:6379',
  'mongodb://me:se/cret@a:27017/understudy',
  'mongodb+srv://me:secret@a.example.com,b.example.com/understudy',
  'mongodb://me:secret@a:27o17/understudy',
  'mongodb://me:secret@a:27017,b:270170/understudy',
  'mongodb://me:secret@a:0/understudy',
])('refuses %s for a ledger, and tells nothing of it', (MONGODB_URI) => {
  expect(faultsOf(() => parseConfig({ MONGODB_URI: environment.MONGODB_URI }, { MONGODB_URI }))).toEqual([
    expect.stringMatching(/^MONGODB_URI must be an address such as mongodb:\/\/127/),
  ]);
});

it.each([
  ['https://understudy.example.com', 'https://understudy.example.com'],
  ['HTTPS://understudy.example.com', 'https://understudy.example.com'],
  [' https://understudy.example.com/Path/\r\n', 'https://understudy.example.com/Path/'],
])('reads the address %j as everything else reads it', (PUBLIC_URL, read) => {
  expect(parseConfig({ PUBLIC_URL: environment.PUBLIC_URL }, { PUBLIC_URL })).toEqual({ PUBLIC_URL: read });
});

it.each(['ftp://understudy.example.com', 'understudy.example.com', 'https:understudy.example.com', ' '])(
  'refuses %j for an address',
  (PUBLIC_URL) => {
    expect(faultsOf(() => parseConfig({ PUBLIC_URL: environment.PUBLIC_URL }, { PUBLIC_URL }))).toEqual([
      'PUBLIC_URL must be an address such as https://understudy.example.com',
    ]);
  },
);

it('takes for the metrics only a token that can be sent', () => {
  const { METRICS_TOKEN } = environment;
  const read = (value: string) => parseConfig({ METRICS_TOKEN }, { METRICS_TOKEN: value }).METRICS_TOKEN;
  const token = 'to/be+sent=0123456789';
  expect(toBearer(`Bearer ${read(token)}`)).toBe(token);
  for (const wrong of ['with a space in it', 'with\u00a0another space', 'ohne-Sprünge-bitte']) {
    expect(faultsOf(() => read(wrong))).toEqual(['METRICS_TOKEN must be printable ASCII without spaces']);
  }
});

it('gives the defaults of the documentation', () => {
  const { HOST, PORT, WORKER_CONCURRENCY, UNDERSTUDY_PRIVATE_HOSTS } = environment;
  expect(parseConfig({ HOST, PORT, WORKER_CONCURRENCY, UNDERSTUDY_PRIVATE_HOSTS }, {})).toEqual({
    HOST: '127.0.0.1',
    PORT: 3000,
    WORKER_CONCURRENCY: 32,
    UNDERSTUDY_PRIVATE_HOSTS: [],
  });
});

it('reads private hosts, and names the setting where one of them is none', () => {
  const { UNDERSTUDY_PRIVATE_HOSTS } = environment;
  const read = (value: string) =>
    parseConfig({ UNDERSTUDY_PRIVATE_HOSTS }, { UNDERSTUDY_PRIVATE_HOSTS: value }).UNDERSTUDY_PRIVATE_HOSTS;
  expect(read('localhost:11434, 10.0.0.0/8,')).toEqual(['localhost:11434', '10.0.0.0/8']);
  expect(faultsOf(() => read('localhost,http://10.0.0.1'))).toEqual([
    'UNDERSTUDY_PRIVATE_HOSTS must be HOST[:PORT] or a range such as 10.0.0.0/8, separated by commas',
  ]);
});

it('takes a vendor’s key without what stands around it', () => {
  const { OPENAI_API_KEY, ANTHROPIC_API_KEY } = environment;
  const env = { OPENAI_API_KEY: ' sk-0123456789\r\n', ANTHROPIC_API_KEY: ' \n' };
  expect(parseConfig({ OPENAI_API_KEY, ANTHROPIC_API_KEY }, env)).toEqual({
    OPENAI_API_KEY: 'sk-0123456789',
    ANTHROPIC_API_KEY: '',
  });
});

const otherKey = Buffer.alloc(32, 7).toString('base64url');

it('reads a key ring, the first key first', () => {
  const { UNDERSTUDY_MASTER_KEYS } = environment;
  const { UNDERSTUDY_MASTER_KEYS: keys } = parseConfig(
    { UNDERSTUDY_MASTER_KEYS },
    { UNDERSTUDY_MASTER_KEYS: `2:${key}, 1:${otherKey}` },
  );
  expect(keys.map(({ version }) => version)).toEqual([2, 1]);
  expect(keys[0].key).toHaveLength(32);
});

it.each([
  ['without a key', '1'],
  ['with too many parts', `1:${key}:x`],
  ['of version 0', `0:${key}`],
  ['of a version that is no number', `x:${key}`],
  ['of a version twice', `1:${key},1:${otherKey}`],
  ['of a key under two versions', `2:${key},1:${key}`],
  ['of a short key', '1:AAAA'],
  ['of a key with something else in it', `1:${key.slice(0, 20)} ${key.slice(20)}`],
  ['of a long key', `1:${Buffer.alloc(33, 1).toString('base64')}`],
  ['with nothing behind a comma', `1:${key},`],
])('refuses a key ring %s, and names the variable without its value', (_what, value) => {
  const { UNDERSTUDY_MASTER_KEYS } = environment;
  const faults = faultsOf(() => parseConfig({ UNDERSTUDY_MASTER_KEYS }, { UNDERSTUDY_MASTER_KEYS: value }));
  expect(faults).toEqual([
    expect.stringMatching(/^UNDERSTUDY_MASTER_KEYS (must be VERSION:KEY|has the same key)/),
  ]);
  expect(faults.join()).not.toContain(key.slice(0, 12));
});

it('reads the pairs of OpenTelemetry, and names the variable where one of them is none', () => {
  const { OTEL_EXPORTER_OTLP_HEADERS } = environment;
  const read = (value: string) =>
    parseConfig(
      { OTEL_EXPORTER_OTLP_HEADERS },
      { OTEL_EXPORTER_OTLP_HEADERS: value, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' },
    ).OTEL_EXPORTER_OTLP_HEADERS;
  expect(read('authorization=Basic%20YTpi, x-scope=a=b,')).toEqual({
    authorization: 'Basic YTpi',
    'x-scope': 'a=b',
  });
  for (const wrong of ['secret', '=secret', 'name=', 'name=%secret']) {
    expect(faultsOf(() => read(wrong))).toEqual([
      'OTEL_EXPORTER_OTLP_HEADERS must be NAME=VALUE[,NAME=VALUE…], each value URL-encoded',
    ]);
  }
});

it('takes no offence at what is set for traces that are not sent', () => {
  const { OTEL_TRACES_SAMPLER } = environment;
  const env = { OTEL_TRACES_SAMPLER: 'parentbased_jaeger_remote' };
  expect(parseConfig({ OTEL_TRACES_SAMPLER }, env)).toEqual({});
  const traced = { ...env, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' };
  expect(faultsOf(() => parseConfig({ OTEL_TRACES_SAMPLER }, traced))).toHaveLength(1);
});
