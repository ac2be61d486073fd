// The HTTP interface (docs/api.md). A failure is {status, code, message, retryAfter}; status 0: no network.

const LONGEST_WAIT = 15000;
// A photo on a bad line.
const LONGEST_UPLOAD = 300000;
const BASE = "/chat/api/conversations";

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
    const form = body instanceof FormData;
    if (body && !form) sent["Content-Type"] = "application/json";
    let response;
    try {
      response = await fetch(BASE + path, {
        method,
        headers: sent,
        body: body && !form ? JSON.stringify(body) : body,
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
    return read(path, options, (response) => response.json());
  }

  async function read(path, options, how, wait = LONGEST_WAIT) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), wait);
    try {
      return await how(await call(path, { ...options, signal: abort.signal }));
    } catch (error) {
      throw error instanceof Failure ? error : new Failure(0, error.name, String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    open: ({ territory, language: spoken, desk }) => json("", { method: "POST", body: { territory, language: spoken, desk } }),
    send: ({ conversation, token }, message) =>
      json(`/${conversation}/messages`, { method: "POST", token, body: message }),
    messages: ({ conversation, token }, after) => json(`/${conversation}/messages?after=${after}`, { token }),
    read: ({ conversation, token }, message) =>
      read(`/${conversation}/read`, { method: "POST", token, body: { message } }, () => null),
    typing: ({ conversation, token }) => read(`/${conversation}/typing`, { method: "POST", token }, () => null),
    export: ({ conversation, token }) =>
      read(`/${conversation}/export`, { token }, (response) => response.blob(), LONGEST_UPLOAD),
    attach({ conversation, token }, client_id, file) {
      const body = new FormData();
      body.set("client_id", client_id);
      body.set("file", file);
      return read(`/${conversation}/files`, { method: "POST", token, body }, (response) => response.json(), LONGEST_UPLOAD);
    },
    // The key goes to this conversation's own addresses and nowhere else.
    file({ conversation, token }, url) {
      const start = `${BASE}/${conversation}/files/`;
      if (!url.startsWith(start)) throw new Failure(404, "not_found", "");
      return read(url.slice(BASE.length), { token }, (response) => response.blob(), LONGEST_UPLOAD);
    },
    stream: ({ conversation, token }, after, signal) =>
      call(`/${conversation}/events`, { token, signal, headers: { "Last-Event-ID": String(after) } }),
  };
}
