export interface Mail {
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
