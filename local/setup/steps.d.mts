interface Lockfile {
  readonly packages?: Readonly<
    Record<string, { readonly version?: string; readonly optional?: boolean; readonly peer?: boolean }>
  >;
}

/** True when what is installed is what the lockfile wants. */
export function npmIsCurrent(wanted: Lockfile, installed: Lockfile): boolean;
