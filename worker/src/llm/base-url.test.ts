import { describe, expect, it } from 'vitest';
import { toAnthropicBaseUrl, toOpenAiBaseUrl } from './base-url.ts';

describe('toOpenAiBaseUrl', () => {
  it.each([
    ['https://api.openai.com', 'https://api.openai.com/v1'],
    ['https://api.openai.com/', 'https://api.openai.com/v1'],
    ['https://api.openai.com/v1//', 'https://api.openai.com/v1'],
    ['http://127.0.0.1:11434', 'http://127.0.0.1:11434/v1'],
    ['https://gateway.test/v1/acme/openai', 'https://gateway.test/v1/acme/openai'],
    ['https://gateway.test/v1beta/openai/', 'https://gateway.test/v1beta/openai'],
    ['https://api.openai.com/v1/chat/completions', 'https://api.openai.com/v1'],
  ])('makes %s into %s', (address, expected) => {
    expect(toOpenAiBaseUrl(address)).toBe(expected);
  });
});

describe('toAnthropicBaseUrl', () => {
  it.each([
    ['https://api.anthropic.com', 'https://api.anthropic.com'],
    ['https://api.anthropic.com/v1/', 'https://api.anthropic.com'],
    ['https://api.anthropic.com/v1/messages', 'https://api.anthropic.com'],
    ['https://gateway.test/acme/anthropic', 'https://gateway.test/acme/anthropic'],
    ['https://gateway.test/acme/anthropic/v1', 'https://gateway.test/acme/anthropic'],
  ])('makes %s into %s', (address, expected) => {
    expect(toAnthropicBaseUrl(address)).toBe(expected);
  });
});

it.each([toOpenAiBaseUrl, toAnthropicBaseUrl])('%o refuses what cannot be a base URL', (toBaseUrl) => {
  expect(() => toBaseUrl('https://a.test/v1/v1')).toThrow('/v1 twice');
  expect(() => toBaseUrl('https://a.test/v1//v1/')).toThrow('/v1 twice');
  expect(() => toBaseUrl('ftp://a.test')).toThrow('http');
  expect(() => toBaseUrl('')).toThrow('http');
});
