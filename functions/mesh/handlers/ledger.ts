import { z } from 'zod';
import { httpApi, pageQuery } from '../../../shared/http/api.ts';
import { onceForCommands } from '../../../shared/wire/once.ts';
import { client, setting } from '../../../shared/wire/resources.ts';
import { keepAudits, type LedgerTables } from '../ledger/ledger-table.ts';
import { auditsSchema } from '../ledger/page-audit.ts';
import { readRows } from '../ledger/read-rows.ts';

const tables: LedgerTables = {
  client: client(),
  ledger: setting('LEDGER_TABLE'),
  deadLetters: setting('DEAD_LETTERS_TABLE'),
};
const name = z.string().min(1).max(249).optional();
const api = httpApi(onceForCommands());

api.query('/ops/ledger', pageQuery.extend({ consumer: name, topic: name }), ({ query }) => {
  const { consumer, topic, ...at } = query;
  return readRows(tables, { consumer, topic }, at);
});

api.command('post', '/ops/ledger/audits', auditsSchema, async ({ body: { audits }, context }) => {
  await keepAudits(tables, audits, context.userId ?? '');
  return { kept: audits.length };
});

export const { handler } = api;
