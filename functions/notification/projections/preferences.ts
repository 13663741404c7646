import type { Sealed } from '../../../shared/define/sealed.ts';
import { init, projection } from '../../../shared/project/projection.ts';
import { PreferencesSet } from '../events.ts';

export interface PreferencesView {
  readonly customerId: string;
  /** Opened for who asks, and `null` for them once the customer was erased. */
  readonly email: Sealed;
  readonly language?: string | undefined;
  readonly muted: readonly string[];
  readonly updatedAt: string;
}

/** What a customer wants to hear, and where, as they said last. */
export const preferences = projection<PreferencesView>('notification.preferences', [
  init(PreferencesSet, ({ payload, occurredOn }) => ({ ...payload, updatedAt: occurredOn })),
]);
