import type { Aggregate } from '../../shared/decide/aggregate.ts';
import type { NewEvent } from '../../shared/define/event.ts';
import type { Sealed } from '../../shared/define/sealed.ts';
import type { SetPreferences } from './commands.ts';
import { preferences as definition, PreferencesSet, type PreferencesEvent } from './events.ts';

/** What a customer wants to hear, and where; nothing is known until they say so. */
type PreferencesState = { readonly status: 'none' } | ({ readonly status: 'set' } & Wishes);

interface Wishes {
  readonly email: Sealed;
  readonly language?: string | undefined;
  readonly muted: readonly string[];
}

export const preferences: Aggregate<PreferencesState, PreferencesEvent> = {
  definition,
  initial: { status: 'none' },
  evolve: (_, { payload: { email, language, muted } }) => ({ status: 'set', email, language, muted }),
};

/** The command as its decision sees it. */
type SealedPreferences = Omit<SetPreferences, 'email'> & {
  readonly customerId: string;
  /** The text of the present state where it holds the same address (`sealUnlessSame`). */
  readonly email: Sealed;
};

/** The order and repetition of muted kinds mean nothing; preferences that are so already stay as they are. */
export const setPreferences = (
  state: PreferencesState,
  { customerId, email, language, muted }: SealedPreferences,
): NewEvent[] => {
  const wishes: Wishes = { email, language, muted: [...new Set(muted)].sort() };
  if (state.status === 'set' && same(state, wishes)) return [];
  return [PreferencesSet.of({ customerId, email, ...(language && { language }), muted: [...wishes.muted] })];
};

const same = (a: Wishes, b: Wishes): boolean =>
  a.email === b.email && a.language === b.language && a.muted.join() === b.muted.join();
