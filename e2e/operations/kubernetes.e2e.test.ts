import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { environment } from '../../shared/src/config.ts';
import { parseExpression } from '../../shared/src/testing/operations/expression.ts';
import { readMetricsPage } from '../../shared/src/testing/operations/metrics-page.ts';
import { validateManifest, type Manifest } from './validate-manifest.ts';

const FOLDER = fileURLToPath(new URL('../../docs/operations/kubernetes', import.meta.url));
const files = globSync('**/*.yaml', { cwd: FOLDER }).toSorted();
const isKustomization = (file: string) => path.basename(file) === 'kustomization.yaml';
const read = (file: string) => readFileSync(path.join(FOLDER, file), 'utf8');
const readAll = (file: string) =>
  parseAllDocuments(read(file)).map((document) => document.toJS() as Manifest);

const manifests = files
  .filter((file) => !isKustomization(file))
  .flatMap((file) =>
    readAll(file).map((manifest) => ({ file, manifest, name: `${manifest.kind} in ${file}` })),
  );

test.for(manifests)('$name keeps to the schema of its kind', ({ manifest }) => {
  expect(validateManifest(manifest)).toEqual([]);
});

interface DeploymentSpec {
  replicas: unknown;
  selector?: object;
  replica?: number;
  template: { spec: PodSpec };
}

test.for<[string, (spec: DeploymentSpec) => void, string]>([
  ['a word that is not known', (spec) => (spec.replica = 2), '/spec/replica is not known'],
  ['a value of another type', (spec) => (spec.replicas = 'two'), 'data/spec/replicas must be integer'],
  ['something missing', (spec) => delete spec.selector, 'data/spec must have required property'],
  [
    'a word that is not known, deep inside',
    (spec) => Object.assign(spec.template.spec.containers[0], { readinessprobe: {} }),
    '/spec/template/spec/containers/0/readinessprobe is not known',
  ],
])('the check finds %s', ([, change, expected]) => {
  const [deployment] = readAll('worker.yaml') as [Manifest];
  change(deployment['spec'] as DeploymentSpec);
  expect(validateManifest(deployment).join('\n')).toContain(expected);
});

test('kustomization.yaml has every file but the example of secrets, and what it names is there', () => {
  const listed = files.filter(isKustomization).flatMap((file) => {
    const { resources } = parse(read(file)) as { resources: string[] };
    return resources.map((resource) => path.join(path.dirname(file), resource));
  });
  const expected = files.filter((file) => !isKustomization(file) && file !== 'secrets.example.yaml');
  expect(listed.toSorted()).toEqual(expected);
});

interface Container {
  env?: { name: string; valueFrom: { secretKeyRef: { key: string } } }[];
  securityContext: object;
  livenessProbe?: { httpGet: { path: string } };
  readinessProbe?: { httpGet: { path: string } };
  resources: { limits?: { memory?: string } };
}
interface PodSpec {
  automountServiceAccountToken: boolean;
  terminationGracePeriodSeconds?: number;
  securityContext: object;
  containers: [Container];
}
const ofKind = (kind: string) => manifests.map(({ manifest }) => manifest).filter((one) => one.kind === kind);
const toPod = (manifest: Manifest) => (manifest['spec'] as { template: { spec: PodSpec } }).template.spec;
const deployments = ofKind('Deployment');

test('every pod is of a plain user, with a root that nobody writes to, and needs no right', () => {
  for (const pod of [...deployments, ...ofKind('Job')].map(toPod)) {
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1000 });
    expect(pod.containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
    expect(pod.containers[0].resources.limits?.memory).toBeDefined();
  }
});

test('every role is there at least twice, is asked the right questions, may drain, and keeps one in a disruption', () => {
  expect(deployments.map(({ metadata }) => metadata.name).toSorted()).toEqual([
    'understudy-api',
    'understudy-scheduler',
    'understudy-worker',
  ]);
  const budgets = ofKind('PodDisruptionBudget').map(
    (one) => one['spec'] as { selector: object; unhealthyPodEvictionPolicy?: string },
  );
  for (const deployment of deployments) {
    const { metadata } = deployment;
    const { replicas, selector } = deployment['spec'] as { replicas: number; selector: object };
    expect(replicas).toBeGreaterThan(1);
    const own = budgets.filter((budget) => JSON.stringify(budget.selector) === JSON.stringify(selector));
    expect(own).toHaveLength(1);
    const { containers, terminationGracePeriodSeconds } = toPod(deployment);
    expect(terminationGracePeriodSeconds).toBeGreaterThan(15);
    expect(containers[0].livenessProbe?.httpGet.path).toBe('/healthz');
    const isCalled = metadata.name === 'understudy-api';
    // One that a store's absence makes unready must not keep its node from being emptied.
    expect(own[0]?.unhealthyPodEvictionPolicy).toBe(isCalled ? undefined : 'AlwaysAllow');
    expect(containers[0].readinessProbe?.httpGet.path).toBe(isCalled ? '/healthz' : '/readyz');
  }
});

test('every variable is one that a process reads, and every secret is in the example', () => {
  const [settings] = ofKind('ConfigMap') as [Manifest];
  const [secrets] = ofKind('Secret') as [Manifest];
  const known = Object.keys(environment);
  const fromSecret = [...deployments, ...ofKind('Job')].flatMap((one) => toPod(one).containers[0].env ?? []);
  const names = [...Object.keys(settings['data'] as object), ...fromSecret.map(({ name }) => name)];
  expect(names.filter((name) => !known.includes(name))).toEqual([]);
  const keys = new Set(fromSecret.map(({ valueFrom }) => valueFrom.secretKeyRef.key));
  expect([...keys].toSorted()).toEqual(Object.keys(secrets['stringData'] as object).toSorted());
});

test('workers are scaled by metrics that there are', () => {
  const [scaled] = ofKind('ScaledObject') as [Manifest];
  const { triggers } = scaled['spec'] as { triggers: { metadata: { query: string } }[] };
  const asked = triggers.flatMap(({ metadata }) => parseExpression(metadata.query).selected);
  const known = new Set(readMetricsPage().map(({ name }) => name));
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter(({ metric }) => !known.has(metric))).toEqual([]);
});
