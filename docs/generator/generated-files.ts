import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { envelopeSchema } from '../../shared/define/envelope.ts';
import { payloadJsonSchema } from '../../shared/define/event.ts';
import { eventsPage, schemaFile } from './events-page.ts';
import { functionsPage } from './functions-page.ts';
import { loadConformance } from './load-conformance.ts';
import { loadContracts } from './load-contracts.ts';
import { loadFunctions } from './load-functions.ts';
import { mskPollerPage } from './msk-poller-page.ts';
import { topicsPage } from './topics-page.ts';

export const docsFolder = path.resolve(import.meta.dirname, '..');

/** Holds generated files alone: one that is not made any more is stale. */
export const schemasFolder = path.join(docsFolder, 'schemas');

const formatted = async (name: string, text: string): Promise<string> => {
  const file = path.join(docsFolder, name);
  return format(text, { ...(await resolveConfig(file)), filepath: file });
};

/**
 * What is generated from the code, by its name in docs/: topics, events with their schemas, functions, the MSK
 * poller's conformance. The same from the same code, whoever runs it where.
 */
export const generatedFiles = async (): Promise<ReadonlyMap<string, string>> => {
  const [contracts, functions, conformance] = await Promise.all([
    loadContracts(),
    loadFunctions(),
    loadConformance(),
  ]);
  const envelope = z.toJSONSchema(envelopeSchema, { target: 'draft-7', io: 'input' });
  const texts: [string, string][] = [
    ['topics.md', topicsPage(functions)],
    ['events.md', eventsPage(contracts)],
    ['functions.md', functionsPage(functions)],
    ['msk-poller.md', mskPollerPage(conformance)],
    ['schemas/EventEnvelope.json', JSON.stringify({ title: 'EventEnvelope', ...envelope })],
    ...contracts.events.map((event): [string, string] => [
      schemaFile(event),
      JSON.stringify({ title: event.type, ...payloadJsonSchema(event) }),
    ]),
  ];
  return new Map(
    await Promise.all(texts.map(async ([name, text]) => [name, await formatted(name, text)] as const)),
  );
};
