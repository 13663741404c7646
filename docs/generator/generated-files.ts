import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { z } from 'zod';
import { envelopeSchema } from '../../shared/define/envelope.ts';
import { payloadJsonSchema } from '../../shared/define/event.ts';
import { contexts } from '../../shared/define/topics.ts';
import { assertAsyncApi, assertOpenApi } from './assert-valid.ts';
import { asyncApi } from './asyncapi.ts';
import { contextsPage } from './contexts-page.ts';
import { eventsPage, schemaFile } from './events-page.ts';
import { functionsPage } from './functions-page.ts';
import { loadConformance } from './load-conformance.ts';
import { loadAnswers } from './load-answers.ts';
import { loadCommands } from './load-commands.ts';
import { loadContracts } from './load-contracts.ts';
import { loadFunctions } from './load-functions.ts';
import { loadHandlers } from './load-handlers.ts';
import { loadProject, loadPurposes } from './load-project.ts';
import { mskPollerPage } from './msk-poller-page.ts';
import { openApi } from './openapi.ts';
import { topicsPage } from './topics-page.ts';

export const docsFolder = path.resolve(import.meta.dirname, '..');

/** Holds generated files alone: one that is not made any more is stale. */
export const schemasFolder = path.join(docsFolder, 'schemas');

const formatted = async (name: string, text: string): Promise<string> => {
  const file = path.join(docsFolder, name);
  return format(text, { ...(await resolveConfig(file)), filepath: file });
};

/**
 * What is generated from the code, by its name in docs/: topics, events with their schemas, functions, contexts, the
 * descriptions of the API and the topics, the MSK poller's conformance. The same from the same code, whoever runs it
 * where.
 * @throws Error when a description is not valid by its own standard
 */
export const generatedFiles = async (): Promise<ReadonlyMap<string, string>> => {
  const [contracts, functions, conformance, project, purposes] = await Promise.all([
    loadContracts(),
    loadFunctions().then(loadHandlers),
    loadConformance(),
    loadProject(),
    loadPurposes([...contexts, 'mesh']),
  ]);
  const commands = await loadCommands(functions);
  const api = openApi(project, functions, commands, purposes, loadAnswers(functions));
  await assertOpenApi(api);
  const topics = asyncApi(project, contracts, functions);
  assertAsyncApi(topics);
  const envelope = z.toJSONSchema(envelopeSchema, { target: 'draft-7', io: 'input' });
  const texts: [string, string][] = [
    ['topics.md', topicsPage(functions)],
    ['events.md', eventsPage(contracts)],
    ['functions.md', functionsPage(functions)],
    ['contexts.md', contextsPage(contracts, functions, commands, purposes)],
    ['openapi.json', JSON.stringify(api)],
    ['asyncapi.json', JSON.stringify(topics)],
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
