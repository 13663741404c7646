import { consume } from '../../../shared/consume/consume.ts';
import { reacting } from '../../../shared/consume/policy.ts';
import { systemClock } from '../../../shared/define/clock.ts';
import { commands, means } from '../../../shared/wire/resources.ts';
import { importPrices } from '../policies/import-prices.ts';
import { setImportedPrices } from '../set-imported-prices.ts';

export const handler = consume(reacting(importPrices, setImportedPrices(commands(), systemClock)), means());
