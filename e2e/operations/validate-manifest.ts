import { ScaledObject } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { Deployment } from 'kubernetes-models/apps/v1';
import { Job } from 'kubernetes-models/batch/v1';
import { NetworkPolicy } from 'kubernetes-models/networking.k8s.io/v1';
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1';
import { ConfigMap, Namespace, Secret, Service } from 'kubernetes-models/v1';
import { toErrorMessage } from '../../shared/src/runtime/error-message.ts';
import { watchReads } from './watch-reads.ts';

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: { name: string };
  [field: string]: unknown;
}

const KINDS = [
  ConfigMap,
  Deployment,
  Job,
  Namespace,
  NetworkPolicy,
  PodDisruptionBudget,
  ScaledObject,
  Secret,
  Service,
];

/** What is wrong with a manifest by the schema of its kind: what is not as it should be, and what has no place there. */
export function validateManifest(manifest: Manifest): string[] {
  const { apiVersion, kind } = manifest;
  const Kind = KINDS.find((known) => known.apiVersion === apiVersion && known.kind === kind);
  if (!Kind) return [`${apiVersion} ${kind} is no kind that is known here`];
  const { view, unread } = watchReads(manifest);
  try {
    // A model made from the view would read all of it; its schema alone reads what it knows.
    Kind.prototype.validate.call(view);
  } catch (error) {
    return [toErrorMessage(error)];
  }
  return unread().map((pointer) => `${pointer} is not known`);
}
