import { expect, test } from 'vitest'
import { isLoopbackHost, parseHost } from '../../../src/shared/model/host.ts'

test.each([
  ['example.org', 'example.org', undefined],
  ['example.org.', 'example.org.', undefined],
  ['my_server:8080', 'my_server', 8080],
  ['xn--bcher-kva.example:443', 'xn--bcher-kva.example', 443],
  ['127.0.0.1:1', '127.0.0.1', 1],
  ['[::1]', '::1', undefined],
  ['[::1]:65535', '::1', 65_535],
  ['[2001:db8::ff00:42:8329]:80', '2001:db8::ff00:42:8329', 80],
  ['[::ffff:127.0.0.1]', '::ffff:127.0.0.1', undefined],
  ['[1:2:3:4:5:6:7:8]', '1:2:3:4:5:6:7:8', undefined]
])('%s is the server %s with the port %s', (text, name, portNumber) => {
  expect(parseHost(text)).toEqual({ ok: true, name, portNumber })
})

test.each([
  ['', 'missing'],
  [':80', 'missing'],
  ['https://example.org', 'Leave out https://'],
  ['javascript://x', 'Leave out javascript://'],
  ['example.org/v4.0', 'Leave out the path'],
  ['example.org?x=1', 'Leave out the path'],
  ['example.org\\x', 'Leave out the path'],
  ['ana:secret@example.org', 'before the @'],
  ['example.org evil.org', 'no spaces'],
  ['example.org\r\nX-Auth-Token: x', 'no spaces'],
  ['::1', 'brackets'],
  ['1:2:3', 'brackets'],
  ['[::1', 'brackets'],
  ['[1:2]', 'not an IPv6 address'],
  ['[1::2::3]', 'not an IPv6 address'],
  ['[::1:2:3:4:5:6:7:8]', 'not an IPv6 address'],
  ['[fe80::1%eth0]', 'not an IPv6 address'],
  ['[12345::]', 'not an IPv6 address'],
  ['256.1.1.1', 'not an IPv4 address'],
  ['1.2.3', 'not an IPv4 address'],
  ['0127.0.0.1', 'not an IPv4 address'],
  ['example.org:', 'A port is a number'],
  ['example.org:0', 'A port is a number'],
  ['example.org:65536', 'A port is a number'],
  ['example.org:8o', 'A port is a number'],
  ['-example.org', 'letters, digits'],
  ['a..b', 'letters, digits'],
  ['bücher.example', 'letters, digits'],
  ['e\0vil', 'letters, digits'],
  [`${'a'.repeat(64)}.org`, 'letters, digits'],
  [`${'a.'.repeat(127)}org`, 'letters, digits']
])('%j is refused in words', (text, words) => {
  const parsed = parseHost(text)
  expect(parsed.ok ? parsed : parsed.problem).toContain(words)
})

test.each([
  ['localhost', true],
  ['LOCALHOST:80', true],
  ['flows.localhost.', true],
  ['127.0.0.1:80', true],
  ['127.255.255.254', true],
  ['[::1]:80', true],
  ['[0:0:0:0:0:0:0:1]', true],
  ['[::]', false],
  ['128.0.0.1', false],
  ['localhost.example.org', false],
  ['127.0.0.1.example.org', false],
  ['not a host', false]
])('%s is on this machine: %s', (text, isLoopback) => {
  expect(isLoopbackHost(text)).toBe(isLoopback)
})
