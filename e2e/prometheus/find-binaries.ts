import { findPrometheus, type Prometheus } from '../../shared/src/testing/set-up/prometheus.ts';

/** The Prometheus of these tests. @throws where there is none */
export function findBinaries(): Prometheus {
  const found = findPrometheus(process.env);
  if (!found) throw new Error('There is no Prometheus. `npm test` fetches one, where there is an apt-get.');
  return found;
}
