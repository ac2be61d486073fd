// The HTTP interface (docs/api.md). A failure is {status, code, message, retryAfter}; status 0: no network.

const LONGEST_WAIT = 15000;

export class Failure extends Error {
  constructor(status, code, message, retryAfter) {
    super(message);
    Object.assign(this, { status, code, retryAfter });
  }
}

export function createApi(language) {
  async function call(path, { method = "GET", token, body, headers = {}, signal } = {}) {
    const sent = { "Accept-Language": language(), ...headers };
    if (token) sent.Authorization = `Bearer ${token}`;
    if (body) sent["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(`/chat/api/conversations${path}`, {
        method,
        headers: sent,
        body: body && JSON.stringify(body),
        signal,
        credentials: "omit",
        cache: "no-store",
      });
    } catch (error) {
      throw new Failure(0, error.name, String(error));
    }
    if (response.ok) return response;
    let shape = {};
    try {
      shape = await response.json();
    } catch { /* a proxy's own page */ }
    throw new Failure(response.status, shape.error, shape.message || "", shape.retry_after);
  }

  async function json(path, options) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), LONGEST_WAIT);
    try {
      const response = await call(path, { ...options, signal: abort.signal });
      return await response.json();
    } catch (error) {
      throw error instanceof Failure ? error : new Failure(0, error.name, String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    open: (territory, spoken) => json("", { method: "POST", body: { territory, language: spoken } }),
    send: ({ conversation, token }, message) =>
      json(`/${conversation}/messages`, { method: "POST", token, body: message }),
    messages: ({ conversation, token }, after) => json(`/${conversation}/messages?after=${after}`, { token }),
    stream: ({ conversation, token }, after, signal) =>
      call(`/${conversation}/events`, { token, signal, headers: { "Last-Event-ID": String(after) } }),
  };
}
