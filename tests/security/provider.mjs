// A real OpenID Connect provider. Arguments: port, our redirect address. Whoever types a name is that person.
import Provider from "oidc-provider";

const [port, back] = process.argv.slice(2);
const people = {
  marta: { email: "Marta@city.example", email_verified: true },
  unverified: { email: "marta@city.example", email_verified: false },
  impostor: { email: "marta@city.example", email_verified: true },
  stranger: { email: "stranger@elsewhere.example", email_verified: true },
};
const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [{ client_id: "ventanilla", client_secret: "a-secret-of-thirty-two-signs-or-more", redirect_uris: [back] }],
  pkce: { required: () => true, methods: ["S256"] },
  claims: { email: ["email", "email_verified"] },
  cookies: { keys: ["for tests only"] },
  features: { devInteractions: { enabled: true } },
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
  ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
