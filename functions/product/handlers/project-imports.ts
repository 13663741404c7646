import { consume } from '../../../shared/consume/consume.ts';
import { projecting } from '../../../shared/project/projecting.ts';
import { means, views } from '../../../shared/wire/resources.ts';
import { imports } from '../projections/imports.ts';

export const handler = consume(projecting(imports, views()), means());
