import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { listDocuments } from '../../../shared/project/find-document.ts';
import { views } from '../../../shared/wire/resources.ts';
import { findings } from '../projections/findings.ts';
import { signalState, type SignalView } from '../projections/signals.ts';
import { pageOf, showSignal } from '../show-signals.ts';
import { signals, type Signal } from '../signals.ts';

const store = views();
const api = httpApi();

const shown = async (some: readonly Signal[]): Promise<object[]> => {
  const keys = some.map(({ name }) => ({ group: name, item: name }));
  const found = await store.read<SignalView>(signalState.name, keys);
  return some.map((signal, i) => showSignal(signal, found[i]?.doc));
};

api.query('/observability/signals', pageQuery, async ({ query }) => {
  const { page, next } = pageOf(signals, query);
  return { items: await shown(page), next };
});

api.query('/observability/signals/:signal', pageQuery, async ({ params: { signal }, query }) => {
  const known = signals.find(({ name }) => name === signal);
  if (!known) return undefined;
  const [state] = await shown([known]);
  return {
    ...state,
    findings: await listDocuments(store, findings, known.name, { ...query, newestFirst: true }),
  };
});

export const { handler } = api;
