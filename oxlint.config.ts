import { defineConfig, type OxlintConfig } from 'oxlint';

interface Fence {
  /** Modules that only the files in `allowedIn` may import. */
  paths: { name: string; importNames?: string[] }[];
  patterns?: string[];
  message: string;
  allowedIn: string[];
}

/** Who may import what. Each fence holds everywhere but where it says. */
const fences: Fence[] = [
  {
    paths: [{ name: 'openai' }],
    patterns: ['openai/**'],
    message: 'The OpenAI SDK belongs under worker/src/llm/.',
    allowedIn: ['worker/src/llm/openai/**', 'worker/src/llm/openai-compatible/**'],
  },
  {
    paths: [{ name: '@anthropic-ai/sdk' }],
    patterns: ['@anthropic-ai/sdk/**'],
    message: 'The Anthropic SDK belongs under worker/src/llm/anthropic/.',
    allowedIn: ['worker/src/llm/anthropic/**'],
  },
  {
    paths: [{ name: 'opossum' }],
    message: 'Circuits are behind worker/src/dispatch/admission/breaker.ts.',
    allowedIn: ['worker/src/dispatch/admission/breaker.ts'],
  },
  {
    paths: [{ name: 'mongoose' }],
    message: 'MongoDB is behind the verbs of shared/src/store/.',
    allowedIn: ['shared/src/store/**'],
  },
  {
    paths: [{ name: 'mongodb' }],
    message: 'The bare driver is for starting a server only; everything else goes through shared/src/store/.',
    allowedIn: ['shared/src/embedded/**', 'shared/src/testing/**'],
  },
  {
    paths: [{ name: 'bullmq', importNames: ['Queue', 'FlowProducer'] }],
    message: 'Jobs are added by shared/src/jobs/producer.ts only.',
    allowedIn: ['shared/src/jobs/producer.ts'],
  },
  {
    paths: [{ name: 'bullmq-otel' }],
    patterns: ['@opentelemetry/**'],
    message:
      'OpenTelemetry is behind shared/src/runtime/tracing/, which is loaded only where traces are taken.',
    allowedIn: ['shared/src/runtime/tracing/**'],
  },
  ...['api', 'worker', 'scheduler', 'ui'].map((app) => ({
    paths: [{ name: `@understudy/${app}` }],
    patterns: [`@understudy/${app}/**`, `**/${app}/src/**`],
    message: 'Apps never import apps, and shared imports no app.',
    allowedIn: [`${app}/**`],
  })),
];

/** All of shared but what the console may have of it. */
const serverOnly = [
  '@understudy/shared/**',
  '!@understudy/shared/contracts/*',
  '!@understudy/shared/client/*',
];

type RestrictedImports = NonNullable<OxlintConfig['rules']>['no-restricted-imports'];

function restrictImports(
  active: Fence[],
  extraPatterns: ({ message: string } & ({ group: string[] } | { regex: string }))[] = [],
): NonNullable<RestrictedImports> {
  return [
    'error',
    {
      paths: active.flatMap(({ paths, message }) => paths.map((path) => ({ ...path, message }))),
      patterns: [
        ...active.flatMap(({ patterns, message }) => (patterns ? [{ group: patterns, message }] : [])),
        ...extraPatterns,
      ],
    },
  ];
}

const uiOnly = [{ group: serverOnly, message: 'The console uses shared/contracts and shared/client only.' }];
/** A feature of the console uses no other, and what features share uses none. */
const featuresApart = [
  { files: ['ui/src/features/**'], regex: '^\\.\\./[^.]|/features/' },
  { files: ['ui/src/{api,components,composables,format}/**'], regex: '/features/' },
];
const tests = ['**/*.test.ts', '**/*.spec.ts', 'e2e/**', '**/testing/**'];
const commandLine = ['shared/src/{embedded,cli,demo}/**', 'shared/src/testing/main.ts', '**/main.ts'];

export default defineConfig({
  plugins: ['typescript', 'import', 'node', 'promise', 'unicorn', 'vue', 'vitest'],
  categories: { correctness: 'error', suspicious: 'error', perf: 'error' },
  ignorePatterns: ['**/dist/**'],
  rules: {
    'no-console': 'error',
    'no-await-in-loop': 'off',
    'no-underscore-dangle': 'off',
    'no-shadow': 'off',
    'no-unmodified-loop-condition': 'off',
    eqeqeq: 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/consistent-type-imports': 'error',
    'import/no-cycle': 'error',
    'import/no-unassigned-import': 'off',
    'node/no-process-env': 'error',
    'unicorn/consistent-function-scoping': 'off',
    'promise/always-return': 'off',
    'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
    'max-lines-per-function': ['error', { max: 70, skipBlankLines: true, skipComments: true }],
    'no-restricted-imports': restrictImports(fences),
  },
  overrides: [
    ...fences.map((fence) => ({
      files: fence.allowedIn,
      rules: {
        'no-restricted-imports': restrictImports(
          fences.filter((other) => other !== fence),
          fence.allowedIn.includes('ui/**') ? uiOnly : [],
        ),
      },
    })),
    // The fences that meet in one place are lifted together there.
    ...fences
      .filter(({ allowedIn }) => allowedIn.some((files) => files.startsWith('worker/src/')))
      .map((fence) => ({
        files: fence.allowedIn,
        rules: {
          'no-restricted-imports': restrictImports(
            fences.filter((other) => other !== fence && !other.allowedIn.includes('worker/**')),
          ),
        },
      })),
    ...featuresApart.map(({ files, regex }) => ({
      files,
      rules: {
        'no-restricted-imports': restrictImports(
          fences.filter(({ allowedIn }) => !allowedIn.includes('ui/**')),
          [
            ...uiOnly,
            { regex, message: 'What features share belongs in components, composables or format.' },
          ],
        ),
      },
    })),
    // What anybody would write without the product, for benchmarks to be held against.
    { files: ['e2e/bench/bare/**'], rules: { 'no-restricted-imports': 'off' } },
    { files: [...commandLine, ...tests], rules: { 'no-console': 'off' } },
    {
      files: ['**/main.ts', 'shared/src/embedded/set-up.mjs', 'shared/bin/**', ...tests, '*.config.ts'],
      rules: { 'node/no-process-env': 'off' },
    },
    {
      files: tests,
      rules: {
        'max-lines-per-function': 'off',
        'typescript/no-non-null-assertion': 'off',
        'vitest/require-to-throw-message': 'off',
      },
    },
  ],
});
