import type { NewProvider } from '@understudy/shared/client/providers';
import type { Provider } from '@understudy/shared/contracts/provider';

/** What a test from the form calls: the saved provider, or what stands in the form. */
export type Trial = { kind: 'saved'; id: string; isSame: boolean } | { kind: 'unsaved'; input: NewProvider };

/**
 * A stored key never leaves the service, so that a form that keeps it can be tested only as it is saved; `isSame` says
 * whether that is also what stands in the form.
 */
export function toTrial(input: NewProvider, provider: Provider | undefined): Trial {
  const keepsKey = provider?.hasApiKey === true && !('apiKey' in input && input.apiKey !== undefined);
  if (!provider || !keepsKey) return { kind: 'unsaved', input };
  return { kind: 'saved', id: provider.id, isSame: isSameCall(input, provider) };
}

/** Whether both would make the same call. */
function isSameCall(input: NewProvider, provider: Provider): boolean {
  const parts = ({ baseUrl, configuration }: Pick<NewProvider | Provider, 'baseUrl' | 'configuration'>) => {
    const { model, maxOutputTokens, timeoutMs } = { ...configuration } as Record<string, unknown>;
    return JSON.stringify([baseUrl ?? null, model, maxOutputTokens, timeoutMs]);
  };
  return parts(input as Provider) === parts(provider);
}
