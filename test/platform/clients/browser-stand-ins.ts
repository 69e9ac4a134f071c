import { request } from 'node:http'

/**
 * What the browser client needs of a browser: XMLHttpRequest from another origin. As a browser does, it asks first
 * whether method and headers are allowed, and shows no answer that does not allow the origin.
 */
export class StandInXmlHttpRequest {
  readonly withCredentials = false
  readyState = 0
  status = 0
  responseText = ''
  onreadystatechange: (() => void) | undefined
  private method = ''
  private url = ''
  private readonly headers: Record<string, string> = {}

  open(method: string, url: string): void {
    this.method = method
    this.url = url
  }

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value
  }

  send(body?: string): void {
    void this.exchange(body)
  }

  private async exchange(body: string | undefined): Promise<void> {
    const preflight = await ask(this.url, 'OPTIONS', {
      origin: ORIGIN,
      'access-control-request-method': this.method,
      'access-control-request-headers': Object.keys(this.headers).join(',')
    })
    const allowed = (name: string): string[] =>
      String(preflight.headers[name] ?? '')
        .toLowerCase()
        .split(/\s*,\s*/)
    const isAllowed =
      preflight.status < 300 &&
      isOriginAllowed(preflight.headers) &&
      allowed('access-control-allow-methods').includes(this.method.toLowerCase()) &&
      Object.keys(this.headers).every((name) =>
        allowed('access-control-allow-headers').includes(name.toLowerCase())
      )
    const answer = isAllowed
      ? await ask(this.url, this.method, { origin: ORIGIN, ...this.headers }, body)
      : undefined
    if (answer !== undefined && isOriginAllowed(answer.headers)) {
      this.status = answer.status
      this.responseText = answer.text
    }
    this.readyState = 4
    this.onreadystatechange?.()
  }
}

const ORIGIN = 'https://app.example'

type Headers = Readonly<Record<string, string | string[] | undefined>>

const isOriginAllowed = (headers: Headers): boolean =>
  ['*', ORIGIN].includes(String(headers['access-control-allow-origin']))

interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

function ask(url: string, method: string, headers: Record<string, string>, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      { method, headers: { ...headers, 'content-length': Buffer.byteLength(body) } },
      (response) => {
        const received: Buffer[] = []
        response.on('data', (bytes: Buffer) => received.push(bytes))
        response.on('end', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(received).toString()
          })
        })
      }
    )
    sent.on('error', reject)
    sent.end(body)
  })
}
