import type { FaultCause } from '../llm/adapter.ts';

/** What to do about a connection that did not come about, or broke. */
export function toNetworkAdvice(cause: FaultCause | undefined, where: string): string {
  switch (cause) {
    case 'dns':
      return `The name of ${where} cannot be resolved. Check the base URL for a slip, and the DNS of the machine that runs the workers.`;
    case 'refused':
      return `Nothing takes connections at ${where}. Check the port in the base URL, and that the server runs.`;
    case 'tls':
      return `No secure connection to ${where} could be made. Check its certificate; a server without TLS needs http in the base URL.`;
    case 'not_http':
      return `${where} does not speak HTTP at this port. Check the port, and whether the base URL must begin with https.`;
    case 'reset':
      return `${where} broke the connection off. Check the port, whether the base URL must begin with http or https, and any proxy in between.`;
    case 'unreachable':
      return `There is no way to ${where} from the machine that runs the workers. Check its network and firewall.`;
    case 'private':
      return `${where} is a private address, or leads to one, and is not called. If it is meant, name it in UNDERSTUDY_PRIVATE_HOSTS of the API and the workers, and restart them.`;
    default:
      return `No connection to ${where}. Check the base URL, and that the machine that runs the workers may reach it.`;
  }
}
