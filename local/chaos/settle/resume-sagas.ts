import { apiAccess } from '../../operate/api-access.ts';
import type { Endpoints } from '../../mesh/endpoints.ts';
import { readSagas } from '../verify/read-outside.ts';

/**
 * Resumes sagas that did not end well, as an operator would, over the saga desk's API.
 * @returns a line for each
 */
export const resumeSagas = async (endpoints: Endpoints): Promise<readonly string[]> => {
  const api = await apiAccess({ instance: endpoints.instance });
  const stalled = [...(await readSagas(endpoints))].filter(([, status]) => status !== 'SUCCEEDED');
  const resumed: string[] = [];
  for (const [orderId, status] of stalled) {
    await api.call({ method: 'POST', path: `/ops/sagas/${encodeURIComponent(orderId)}/resume`, body: {} });
    resumed.push(`${orderId}, ${status}`);
  }
  return resumed;
};
