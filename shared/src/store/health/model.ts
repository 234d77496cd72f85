import type { Connection } from 'mongoose';
import type { HealthStatus } from '../../contracts/provider.ts';
import { defineModel, nullable, required } from '../define-model.ts';

/** Latest health of one provider (`_id` is the provider's), with what hysteresis needs to remember. */
export interface ProviderHealthDocument {
  _id: string;
  status: HealthStatus;
  responseTimeMs: number | null;
  errorMessage: string | null;
  checkedAt: Date;
  /** When a check last found it healthy; absent where none did. */
  healthyAt?: Date | null;
  /** Checks in a row that said other than `status`, and what they said. */
  dissent: { status: HealthStatus; count: number } | null;
}

/** One check that was made; removed after the retention time. */
export interface HealthCheckDocument {
  _id: string;
  providerId: string;
  at: Date;
  /** What this check alone found. */
  found: HealthStatus;
  /** The provider's status after it. */
  status: HealthStatus;
  deep: boolean;
  responseTimeMs: number | null;
  errorMessage: string | null;
}

export const defineProviderHealth = (connection: Connection) =>
  defineModel<ProviderHealthDocument>(connection, 'provider_health', {
    _id: required(String),
    status: required(String),
    responseTimeMs: nullable(Number),
    errorMessage: nullable(String),
    checkedAt: required(Date),
    healthyAt: nullable(Date),
    dissent: { type: { status: String, count: Number, _id: false }, default: null },
  });

export const defineHealthChecks = (connection: Connection) =>
  defineModel<HealthCheckDocument>(connection, 'health_checks', {
    _id: required(String),
    providerId: required(String),
    at: required(Date),
    found: required(String),
    status: required(String),
    deep: required(Boolean),
    responseTimeMs: nullable(Number),
    errorMessage: nullable(String),
  });
