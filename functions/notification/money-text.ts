import type { Money } from '../../shared/define/money.ts';

/** An amount of money for people to read, in English: `EUR 12.34`. Currencies have 0 to 3 minor digits (ISO 4217). */
export const moneyText = ({ amount, currency }: Money): string => {
  const format = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'code' });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  // Intl puts a no-break space after the code, which plain text mails need not carry.
  return format.format(amount / 10 ** digits).replaceAll('\u00a0', ' ');
};
