import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { findings } from '../projections/findings.ts';

export const handler = consume(projecting(findings, views()), means());
