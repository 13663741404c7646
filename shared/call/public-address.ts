import { lookup as resolve } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** What calls to hosts that others name may reach: the public internet, and loopback where a stage says so. */
export type Reach = 'public' | 'loopback';

/** A stage's setting; whatever it does not spell out stays closed. */
export const reachOf = (setting: string): Reach => (setting === 'loopback' ? 'loopback' : 'public');

/** Not globally reachable, or leading into such networks (IANA IPv4 and IPv6 Special-Purpose Address Registries). */
const SPECIAL = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'ff00::/8',
];
const LOOPBACK = ['127.0.0.0/8', '::1/128'];

const listOf = (networks: readonly string[]): BlockList => {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    list.addSubnet(address, Number(prefix), family(address));
  }
  return list;
};

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

const special = listOf(SPECIAL);
const loopback = listOf(LOOPBACK);

/** Whether an IP address may be called. IPv4 addresses in IPv6 clothes are judged as what they are. */
export const isReachable = (address: string, reach: Reach): boolean => {
  if (isIP(address) === 0) return false;
  if (loopback.check(address, family(address))) return reach === 'loopback';
  return !special.check(address, family(address));
};

/** The host of a URL as an IP address, where it is one; `URL` has spelt out `0x7f.1` and its like. */
const literalOf = ({ hostname }: URL): string | undefined => {
  const bare = hostname.replace(/^\[(.*)\]$/, '$1');
  return isIP(bare) === 0 ? undefined : bare;
};

/**
 * Why a URL may not be called, as far as it says so itself; undefined where it may. A name can still lead anywhere:
 * that is for `reachableLookup` to see at every call.
 */
export const refusalOf = (url: URL, reach: Reach): string | undefined => {
  if (url.username !== '' || url.password !== '') return 'must not hold a user name or password';
  const literal = literalOf(url);
  const isLocal =
    url.hostname === 'localhost' || (literal !== undefined && loopback.check(literal, family(literal)));
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLocal && reach === 'loopback'))
    return 'must be an https URL';
  if (isLocal ? reach === 'public' : literal !== undefined && !isReachable(literal, reach))
    return 'must name a public host';
  return undefined;
};

/** A name leads to an address that may not be called. */
export class UnreachableAddress extends Error {
  override readonly name = 'UnreachableAddress';
}

/**
 * A `lookup` for Node's sockets that gives only addresses that may be called. The socket connects to the very
 * address that was judged: a name that answers differently the next time gains nothing.
 */
export const reachableLookup =
  (reach: Reach): LookupFunction =>
  (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      // A failed look-up comes without addresses, whatever its type says.
      const allowed = (error ? [] : addresses).filter(({ address }) => isReachable(address, reach));
      const [first] = allowed;
      if (error) callback(error, '');
      else if (!first) callback(new UnreachableAddress(`${hostname} is no public host`), '');
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
