import type { ProviderType } from '@understudy/shared/contracts/provider';

interface TypeChoice {
  description: string;
  connection: string;
  modelHint: string;
  /** The address that is taken where none is given. */
  baseUrl: string;
  baseUrlHint: string;
}

const OFFICIAL = 'Only for a proxy; empty takes the official address.';

/** What the form says about each type of provider. */
export const PROVIDER_TYPE_CHOICES: Record<ProviderType, TypeChoice> = {
  openai: {
    description: 'OpenAI’s own API.',
    connection: 'The key is stored encrypted and never shown again.',
    modelHint: 'As OpenAI names it.',
    baseUrl: 'https://api.openai.com/v1',
    baseUrlHint: OFFICIAL,
  },
  anthropic: {
    description: 'Anthropic’s own API.',
    connection: 'The key is stored encrypted and never shown again.',
    modelHint: 'As Anthropic names it.',
    baseUrl: 'https://api.anthropic.com',
    baseUrlHint: OFFICIAL,
  },
  'openai-compatible': {
    description: 'Any server that speaks OpenAI’s protocol: vLLM, Ollama, a gateway.',
    connection: 'A private address must be allowed by UNDERSTUDY_PRIVATE_HOSTS.',
    modelHint: 'As the server names it.',
    baseUrl: 'https://llm.example.com/v1',
    baseUrlHint: 'Usually ends in /v1.',
  },
  local: {
    description: 'Matches words on this machine: no key, no network, no cost.',
    connection: 'Runs inside the workers.',
    modelHint: '',
    baseUrl: '',
    baseUrlHint: '',
  },
};
