import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { dayLedger } from '../projections/day-ledger.ts';

export const handler = consume(projecting(dayLedger, views()), means());
