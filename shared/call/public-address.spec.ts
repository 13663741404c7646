import { describe, expect, it } from 'vitest';
import { isReachable, reachableLookup, reachOf, refusalOf, UnreachableAddress } from './public-address.ts';

const lookUp = (host: string, reach: 'public' | 'loopback', all = false): Promise<unknown> =>
  new Promise((resolve, reject) => {
    reachableLookup(reach)(host, { all }, (error, address) => (error ? reject(error) : resolve(address)));
  });

describe('an address', () => {
  it.each(['8.8.8.8', '93.184.215.14', '172.15.0.1', '172.32.0.1', '2606:4700::1111', '::ffff:8.8.8.8'])(
    '%s is public',
    (address) => {
      expect(isReachable(address, 'public')).toBe(true);
    },
  );

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '198.19.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a00:1',
    '2002:a00:1::',
    'fd00:ec2::254',
    'fe80::1',
    'ff02::1',
    'not-an-address',
  ])('%s may not be called, not even where loopback may', (address) => {
    expect(isReachable(address, 'public')).toBe(false);
    expect(isReachable(address, 'loopback')).toBe(false);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1'])('%s is loopback', (address) => {
    expect(isReachable(address, 'public')).toBe(false);
    expect(isReachable(address, 'loopback')).toBe(true);
  });
});

describe('a URL', () => {
  it.each(['https://hooks.example.com/a?b=c', 'https://8.8.8.8:8443/', 'https://[2606:4700::1111]/'])(
    '%s may be called',
    (url) => {
      expect(refusalOf(new URL(url), 'public')).toBeUndefined();
    },
  );

  it.each([
    ['http://hooks.example.com/', 'must be an https URL'],
    ['http://127.0.0.1:8080/', 'must be an https URL'],
    ['ftp://hooks.example.com/', 'must be an https URL'],
    ['https://localhost/', 'must name a public host'],
    ['https://127.0.0.1/', 'must name a public host'],
    ['https://2130706433/', 'must name a public host'],
    ['https://0x7f.1/', 'must name a public host'],
    ['https://[::1]/', 'must name a public host'],
    ['https://[::ffff:7f00:1]/', 'must name a public host'],
    ['https://169.254.169.254/latest/meta-data/', 'must name a public host'],
    ['https://ada:secret@hooks.example.com/', 'must not hold a user name or password'],
  ])('%s may not: it %s', (url, refusal) => {
    expect(refusalOf(new URL(url), 'public')).toBe(refusal);
  });

  it('may lead to loopback without TLS where the stage says so, and to nothing else', () => {
    expect(reachOf('loopback')).toBe('loopback');
    expect(reachOf('yes')).toBe('public');
    for (const url of ['http://127.0.0.1:8080/', 'http://localhost:8080/', 'http://[::1]:1/'])
      expect(refusalOf(new URL(url), 'loopback'), url).toBeUndefined();
    expect(refusalOf(new URL('http://10.0.0.1/'), 'loopback')).toBe('must be an https URL');
    expect(refusalOf(new URL('https://10.0.0.1/'), 'loopback')).toBe('must name a public host');
  });
});

describe('a name', () => {
  it('that leads to loopback gives no address where loopback may not be called', async () => {
    await expect(lookUp('localhost', 'public')).rejects.toBeInstanceOf(UnreachableAddress);
    await expect(lookUp('localhost', 'public', true)).rejects.toBeInstanceOf(UnreachableAddress);
    expect(['127.0.0.1', '::1']).toContain(await lookUp('localhost', 'loopback'));
  });

  it('that nobody knows fails as it always does', async () => {
    await expect(lookUp('nobody.invalid', 'public')).rejects.toMatchObject({ syscall: 'getaddrinfo' });
  });
});
