import type { Product } from '../support/product.ts';

/** Something of each kind, by the start of the paths that it is read at. */
export async function makeFixtures(product: Product): Promise<Record<string, string>> {
  const make = async (path: string, body: object, key = 'id') => {
    const response = await product.call(path, { method: 'POST', body: JSON.stringify(body) });
    const made = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${JSON.stringify(made)}`);
    return String(made[key]);
  };
  const job = { text: 'The card was charged twice', labels: ['billing', 'praise'] };
  return {
    '/api/classifications/{id}': await make('/api/classifications', job),
    '/api/batches/{id}': await make('/api/classifications/batch', { items: [job, job] }),
    '/api/classifiers/{name}': await make('/api/classifiers', { name: 'kept', labels: ['a', 'b'] }, 'name'),
    '/api/webhooks/{id}': await make('/api/webhooks', {
      url: 'https://93.184.216.34/hook',
      events: ['classification.succeeded'],
      enabled: false,
    }),
    '/api/clients/{name}': 'default',
    '/api/providers/{id}': 'local',
  };
}
