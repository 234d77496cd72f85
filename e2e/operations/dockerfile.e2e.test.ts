import { readFileSync } from 'node:fs';
import { DockerfileParser } from 'dockerfile-ast';
import { validate, ValidationSeverity } from 'dockerfile-utils';
import { expect, test } from 'vitest';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const text = read('Dockerfile');
const warnAll = {
  deprecatedMaintainer: ValidationSeverity.WARNING,
  directiveCasing: ValidationSeverity.WARNING,
  emptyContinuationLine: ValidationSeverity.WARNING,
  instructionCasing: ValidationSeverity.WARNING,
  instructionCmdMultiple: ValidationSeverity.WARNING,
  instructionEntrypointMultiple: ValidationSeverity.WARNING,
  instructionHealthcheckMultiple: ValidationSeverity.WARNING,
  instructionJSONInSingleQuotes: ValidationSeverity.WARNING,
  instructionWorkdirRelative: ValidationSeverity.WARNING,
};

test('the Dockerfile has no fault', () => {
  expect(validate(text, warnAll)).toEqual([]);
  expect(validate(text.replace('WORKDIR /app', 'WORKDIRS /app'), warnAll)).not.toEqual([]);
});

test('every image begins with the Node that everything is tested with, by its whole version', () => {
  const lock = JSON.parse(read('package-lock.json')) as { packages: Record<string, { version: string }> };
  const stages = new Set<string>();
  const bases = DockerfileParser.parse(text)
    .getFROMs()
    .flatMap((from) => {
      const stage = from.getBuildStage();
      if (stage !== null) stages.add(stage);
      const image = from.getImage() ?? '';
      return stages.has(image) ? [] : [image];
    });
  const base = `node:${lock.packages['node_modules/node']?.version}-bookworm-slim`;
  expect(bases).toEqual([base, base]);
});
