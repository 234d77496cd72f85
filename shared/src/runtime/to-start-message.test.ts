import { expect, it } from 'vitest';
import { toStartMessage } from './to-start-message.ts';

const broken = (code: string, syscall = 'listen') => Object.assign(new Error('x'), { code, syscall });

it.each([
  [
    'api',
    'EADDRINUSE',
    'The API did not start: another program listens on this HOST and PORT. Choose another PORT.',
  ],
  ['worker', 'EACCES', 'The worker did not start: this HOST and METRICS_PORT may not be listened on.'],
  ['scheduler', 'EADDRNOTAVAIL', 'The scheduler did not start: HOST is not an address of this machine.'],
])('tells who runs the %s what to do about %s', (role, code, message) => {
  expect(toStartMessage(role, broken(code))).toBe(message);
});

it('has nothing to say of what nobody who runs it can mend', () => {
  expect(toStartMessage('api', broken('EODD'))).toBeNull();
  expect(toStartMessage('worker', broken('ENOTFOUND', 'querySrv'))).toBeNull();
  expect(toStartMessage('worker', broken('EACCES', 'open'))).toBeNull();
  expect(toStartMessage('api', new Error('x'))).toBeNull();
  expect(toStartMessage('api', 'x')).toBeNull();
});
