import { expect, it } from 'vitest';
import { toHosts } from './to-hosts.ts';

it('names the servers of an address alone', () => {
  expect(toHosts('mongodb://me:pass@a:1,b:2/understudy?replicaSet=rs0')).toBe('a:1,b:2');
  expect(toHosts('no address')).toBe('its address');
});

it.each(['redis://:hun@ter2@host:1', 'redis://:hun/ter2@host:1', 'redis://me:hun@t/er2@host:1'])(
  'tells nothing of a password with signs in it that an address should not have',
  (address) => expect(toHosts(address)).toBe('host:1'),
);
