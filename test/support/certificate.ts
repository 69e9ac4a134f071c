import { createSign, generateKeyPairSync, randomBytes } from 'node:crypto'

/** A certificate that nobody but its own key signed, and that key, both as PEM. Made for one test and worth nothing. */
export interface ThrowAwayCertificate {
  readonly cert: string
  readonly key: string
}

export interface CertificateContent {
  /** The names that it is for; an IPv4 address is written as such. */
  readonly names?: readonly string[]
  readonly from?: Date
  readonly to?: Date
}

const DAY_MS = 86_400_000

/** X.509 v3 with an elliptic key (RFC 5280), as much of it as TLS asks for. */
export function makeCertificate(content: CertificateContent = {}): ThrowAwayCertificate {
  const {
    names = ['127.0.0.1', 'localhost'],
    from = new Date(Date.now() - DAY_MS),
    to = new Date(Date.now() + DAY_MS)
  } = content
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const algorithm = sequence(oid(ECDSA_WITH_SHA256))
  const name = sequence(element(SET, sequence(oid(COMMON_NAME), text('Flowscope test'))))
  const toBeSigned = sequence(
    element(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    algorithm,
    name,
    sequence(time(from), time(to)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    element(
      0xa3,
      sequence(sequence(oid(ALTERNATIVE_NAME), element(OCTETS, sequence(...names.map(generalName)))))
    )
  )
  const signature = createSign('SHA256').update(toBeSigned).sign(privateKey)
  const certificate = sequence(toBeSigned, algorithm, element(BITS, Buffer.from([0]), signature))
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  }
}

const INTEGER = 0x02
const BITS = 0x03
const OCTETS = 0x04
const OID = 0x06
const UTF8 = 0x0c
const TIME = 0x18
const SEQUENCE = 0x30
const SET = 0x31

/** Object identifiers as DER has them: 1.2.840.10045.4.3.2, 2.5.4.3, 2.5.29.17. */
const ECDSA_WITH_SHA256 = '2a8648ce3d040302'
const COMMON_NAME = '550403'
const ALTERNATIVE_NAME = '551d11'

function element(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}

const sequence = (...parts: readonly Buffer[]): Buffer => element(SEQUENCE, ...parts)
const integer = (bytes: Buffer): Buffer => element(INTEGER, bytes)
const oid = (hex: string): Buffer => element(OID, Buffer.from(hex, 'hex'))
const text = (value: string): Buffer => element(UTF8, Buffer.from(value))
const time = (date: Date): Buffer =>
  element(TIME, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')))

const generalName = (name: string): Buffer =>
  /^[\d.]+$/.test(name)
    ? element(0x87, Buffer.from(name.split('.').map(Number)))
    : element(0x82, Buffer.from(name))
