import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { windows } from '../projections/windows.ts';

export const handler = consume(projecting(windows, views()), means());
