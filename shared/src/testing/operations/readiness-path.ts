import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';

interface Probed {
  spec: { template: { spec: { containers: [{ readinessProbe: { httpGet: { path: string } } }] } } };
}

/** What Kubernetes asks an API by, before it sends it requests: from `docs/operations/kubernetes/api.yaml`. */
export function readReadinessPath(): string {
  const file = new URL('../../../../docs/operations/kubernetes/api.yaml', import.meta.url);
  const [deployment] = parseAllDocuments(readFileSync(file, 'utf8')).map((one) => one.toJS() as unknown);
  const { spec } = deployment as Probed;
  return spec.template.spec.containers[0].readinessProbe.httpGet.path;
}
