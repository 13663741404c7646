export interface Mail {
  /** Whom it is for: all that may be told of the recipient elsewhere. */
  readonly customerId: string;
  /** The address, opened: it goes to who carries the mail and nowhere else. */
  readonly to: string;
  readonly subject: string;
  /** Plain text. */
  readonly body: string;
}

/** `rejected`: no retry can help this mail. */
export type Mailed = { readonly status: 'sent' } | { readonly status: 'rejected'; readonly reason: string };

/** What carries mail. Throws when sending it again may help: the service is down, slow, throttling or paused. */
export interface Mailer {
  send(mail: Mail): Promise<Mailed>;
}
