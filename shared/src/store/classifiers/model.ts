import type { Connection } from 'mongoose';
import type { Label } from '../../contracts/label.ts';
import { defineModel, nullable, opaque, required } from '../define-model.ts';

/** The name of a classifier and its newest version. A deleted one keeps its versions for the jobs that use them. */
export interface ClassifierDocument {
  _id: string;
  name: string;
  version: number;
  createdAt: Date;
  updatedAt: Date;
}

/** One version of a classifier; never changed. `_id` is `<classifier id>@<version>`. */
export interface ClassifierVersionDocument {
  _id: string;
  classifierId: string;
  name: string;
  version: number;
  labels: Label[];
  instructions: string | null;
  multiLabel: boolean;
  threshold: number | null;
  createdAt: Date;
}

export const toVersionId = (classifierId: string, version: number) => `${classifierId}@${version}`;

export const defineClassifiers = (connection: Connection) =>
  defineModel<ClassifierDocument>(connection, 'classifiers', {
    _id: required(String),
    name: required(String),
    version: required(Number),
    createdAt: required(Date),
    updatedAt: required(Date),
  });

export const defineClassifierVersions = (connection: Connection) =>
  defineModel<ClassifierVersionDocument>(connection, 'classifier_versions', {
    _id: required(String),
    classifierId: required(String),
    name: required(String),
    version: required(Number),
    labels: opaque,
    instructions: nullable(String),
    multiLabel: required(Boolean),
    threshold: nullable(Number),
    createdAt: required(Date),
  });
