import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { signalState } from '../projections/signals.ts';

export const handler = consume(projecting(signalState, views()), means());
