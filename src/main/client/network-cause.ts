import type { FailureCode } from '../../shared/failure.ts'

/** Why nothing came of a connection, in words. Left out are the words that the catalogue already has. */
export interface NetworkCause {
  readonly code: FailureCode
  readonly message?: string
  readonly hint?: string
}

/**
 * What an error of a socket, of TLS or of the HTTP parser means for a person. `cause` is the error's code (of the system,
 * of OpenSSL, of undici), `reason` its text, `host` the server that was asked. An unknown one is a connection that ended.
 */
export function describeNetworkCause(cause: string | undefined, reason: string, host: string): NetworkCause {
  if (cause === undefined) return { code: 'network/closed' }
  const known = causes[cause]
  if (known !== undefined) return known(host)
  if (TLS.test(cause)) return { code: 'network/tls' }
  if (cause.startsWith('HPE_')) return notHttp(host)
  // A body that ends early or a peer that hangs up; decompression of a cut body says so with a code of zlib.
  return /^Z_(DATA|BUF)_ERROR$/.test(cause) && !reason.includes('unexpected end')
    ? { code: 'response/malformed' }
    : { code: 'network/closed' }
}

const TLS = /CERT|SELF_SIGNED|UNABLE_TO_(VERIFY|GET_ISSUER)|^ERR_TLS|^ERR_SSL|^EPROTO$/

type Words = (host: string) => NetworkCause

const nameNotFound: Words = (host) => ({
  code: 'network/unreachable',
  message: `There is no server named ${host}.`,
  hint: 'Check the spelling of the server.'
})
const unreachable: Words = (host) => ({
  code: 'network/unreachable',
  message: `There is no way to ${host} from this machine.`,
  hint: 'Check the network, a VPN or a firewall between here and the server.'
})
const slow: Words = (host) => ({
  code: 'network/timeout',
  message: `${host} did not answer in time.`,
  hint: 'Check the server and its port; a firewall may swallow the request.'
})
const notHttp: Words = (host) => ({
  code: 'response/malformed',
  message: `What answered at ${host} does not speak HTTP.`,
  hint: 'Check the port, and whether the server wants TLS.'
})
const notTls: Words = (host) => ({
  code: 'network/tls',
  message: `${host} does not speak TLS at this port.`,
  hint: 'Switch TLS off for this connection, or give the port that speaks TLS.'
})
const untrusted: Words = (host) => ({
  code: 'network/tls',
  message: `The certificate of ${host} is not signed by an authority that this machine trusts.`,
  hint: 'Install the authority, or switch verification off for this connection if you trust the server.'
})
const selfSigned: Words = (host) => ({
  code: 'network/tls',
  message: `The certificate of ${host} is signed by itself.`,
  hint: 'Switch verification off for this connection if you trust the server.'
})
const outOfDate: Words = (host) => ({
  code: 'network/tls',
  message: `The certificate of ${host} is out of date.`,
  hint: 'Ask who runs the server for a new one; check the clock of this machine too.'
})

const causes: Readonly<Record<string, Words | undefined>> = {
  ENOTFOUND: nameNotFound,
  EAI_NONAME: nameNotFound,
  EAI_NODATA: nameNotFound,
  EAI_AGAIN: (host) => ({
    code: 'network/unreachable',
    message: `The name ${host} could not be looked up: the name service did not answer.`,
    hint: 'Check the network of this machine.'
  }),
  EAI_FAIL: nameNotFound,
  ECONNREFUSED: (host) => ({
    code: 'network/unreachable',
    message: `${host} refused the connection: nothing listens there.`,
    hint: 'Check the port, and that the platform runs.'
  }),
  EHOSTUNREACH: unreachable,
  ENETUNREACH: unreachable,
  EHOSTDOWN: unreachable,
  EADDRNOTAVAIL: unreachable,
  ETIMEDOUT: slow,
  UND_ERR_CONNECT_TIMEOUT: slow,
  UND_ERR_HEADERS_TIMEOUT: slow,
  UND_ERR_BODY_TIMEOUT: (host) => ({
    code: 'network/timeout',
    message: `${host} stopped in the middle of its answer.`,
    hint: 'Try again, or ask for less at once.'
  }),
  UND_ERR_HEADERS_OVERFLOW: notHttp,
  FLOWSCOPE_ANSWER_TOO_LARGE: (host) => ({
    code: 'response/malformed',
    message: `The answer of ${host} is larger than can be taken at once.`,
    hint: 'Ask for less: a smaller limit, a filter, or only some members.'
  }),
  EPROTO: notTls,
  ERR_SSL_WRONG_VERSION_NUMBER: notTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: notTls,
  ERR_SSL_HTTP_REQUEST: notTls,
  DEPTH_ZERO_SELF_SIGNED_CERT: selfSigned,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  CERT_HAS_EXPIRED: outOfDate,
  CERT_NOT_YET_VALID: outOfDate,
  ERR_TLS_CERT_ALTNAME_INVALID: (host) => ({
    code: 'network/tls',
    message: `The certificate is for another server than ${host}.`,
    hint: 'Use the name that the certificate is for.'
  })
}
