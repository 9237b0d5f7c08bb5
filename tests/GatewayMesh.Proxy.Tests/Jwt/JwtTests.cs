using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using GatewayMesh.Configuration.Entries;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Jwt;

/// <summary>Tokens at the callee's sidecar, the gateway, the ingress, and the caller of a service without a sidecar.</summary>
internal sealed class JwtTests
{
    private TokenIssuer _issuer = null!;
    private Backend _backend = null!;

    [SetUp]
    public void Make() => (_issuer, _backend) = (new TokenIssuer(), Backend.Answering("ok"));

    [TearDown]
    public void End()
    {
        _issuer.Dispose();
        _backend.Dispose();
    }

    private static IEnumerable<TestCaseData> Hostile()
    {
        static TestCaseData Case(string name, string because, Func<TokenIssuer, string> token) =>
            new TestCaseData(token, because).SetArgDisplayNames(name);
        yield return Case("none", "malformed", issuer => issuer.Token("none"));
        yield return Case("none with a signature", "algorithm", issuer => issuer.Token("none") + "AAAA");
        yield return Case("the public RSA key as a shared secret", "algorithm", issuer => issuer.Token("HS256", header: Key("RS256-1")));
        yield return Case("RS256 in the header, HMAC inside", "signature", issuer => issuer.Token("HS256", header: head =>
        {
            head["alg"] = "RS256";
            head["kid"] = "RS256-1";
        }));
        yield return Case("another key's algorithm", "key", issuer => issuer.Token("RS256", header: head => head["alg"] = "ES256"));
        yield return Case("the shared secret of the set", "algorithm", issuer => issuer.Token("HS256", header: Key("shared")));
        yield return Case("an unknown key", "key", issuer => issuer.Token(header: Key("other")));
        yield return Case("another issuer's signature", "signature", _ =>
        {
            using var other = new TokenIssuer();
            return other.Token();
        });
        yield return Case("another issuer's signature without a key ID", "signature", _ =>
        {
            using var other = new TokenIssuer();
            return other.Token(header: head => head.Remove("kid"));
        });
        yield return Case("a changed payload", "signature", issuer => Swap(issuer.Token(), issuer.Token(change: Set("sub", "bob")), 1));
        yield return Case("a changed header", "signature", issuer => Swap(issuer.Token(), issuer.Token(header: Set("typ", "at+jwt")), 0));
        yield return Case("an empty signature", "malformed", issuer => issuer.Token()[..(issuer.Token().LastIndexOf('.') + 1)]);
        yield return Case("a short Ed25519 signature", "signature", issuer => issuer.Token("EdDSA")[..^4]);
        yield return Case("expired", "has expired", issuer => issuer.Token(change: Set("exp", Now - 31)));
        yield return Case("not valid yet", "not valid yet", issuer => issuer.Token(change: Set("nbf", Now + 60)));
        yield return Case("nbf as text", "not valid yet", issuer => issuer.Token(change: Set("nbf", "soon")));
        yield return Case("without expiry", "no expiry", issuer => issuer.Token(change: claims => claims.Remove("exp")));
        yield return Case("expiry as text", "no expiry", issuer => issuer.Token(change: Set("exp", "9999999999")));
        yield return Case("another audience", "audience", issuer => issuer.Token(change: Set("aud", "paymentsx")));
        yield return Case("without audience", "audience", issuer => issuer.Token(change: claims => claims.Remove("aud")));
        yield return Case("another issuer", "issuer", issuer => issuer.Token(change: Set("iss", "https://issuer.test/")));
        yield return Case("a critical extension", "malformed", issuer => issuer.Token(header: head => head["crit"] = new JsonArray("exp")));
        yield return Case("a name twice", "malformed", issuer => issuer.Sign(
            "RS256", """{"alg":"RS256","kid":"RS256-1"}""", """{"iss":"https://issuer.test","aud":"payments","exp":1,"exp":99999999999}"""));
        yield return Case("an algorithm twice", "malformed", issuer => issuer.Sign(
            "RS256", """{"alg":"none","alg":"RS256"}""", TokenIssuer.Claims().ToJsonString()));
        yield return Case("a key ID that is no text", "malformed", issuer => issuer.Token(header: head => head["kid"] = 1));
        yield return Case("an encrypted token", "malformed", _ => "e30.e30.e30.e30.e30");
        yield return Case("two parts", "malformed", _ => "e30.e30");
        yield return Case("padded parts", "malformed", _ => "e30=.e30=.AAAA");
        yield return Case("a blank inside", "malformed", issuer => issuer.Token().Insert(10, " "));
        yield return Case("no base64url", "malformed", _ => "!.e30.AAAA");
        yield return Case("no JSON", "malformed", _ => "AAAA.e30.AAAA");
        yield return Case("too large", "too large", issuer => issuer.Token(change: Set("x", new string('x', 13_000))));
    }

    private static long Now => DateTimeOffset.UtcNow.ToUnixTimeSeconds();

    [TestCase("RS256")]
    [TestCase("ES256")]
    [TestCase("EdDSA")]
    public async Task A_good_token_passes_and_its_claims_become_fields(string algorithm)
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _issuer.Policy(jwt => jwt with { Forward = TokenIssuer.Map(("x-user", "sub"), ("x-roles", "role")) }));

        var response = await Ask(
            mesh.Inbound(_backend.HostPort), _issuer.Token(algorithm, Set("role", "50% größe")), "X-User: root\r\nx_user: root\r\n");

        Assert.That(response.Status, Is.EqualTo(200), response.Body);
        Assert.That(_backend.Last.Values("x-user"), Is.EqualTo(new[] { "alice" }));
        Assert.That(_backend.Last["x-roles"], Is.EqualTo("50%25 gr%C3%B6%C3%9Fe"));
        Assert.That(_backend.Last.Has("x_user"), Is.False);
        Assert.That(_backend.Last.Has("Authorization"), Is.True);
    }

    [Test]
    public async Task A_forged_claim_field_in_a_trailer_is_not_forwarded()
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _issuer.Policy(jwt => jwt with { Forward = TokenIssuer.Map(("x-user", "sub")) }));
        using var client = await RawConnection.To(mesh.Inbound(_backend.HostPort));

        var response = await client.Ask(
            $"POST / HTTP/1.1\r\nHost: payments\r\nAuthorization: Bearer {_issuer.Token()}\r\nTransfer-Encoding: chunked\r\n\r\n"
                + "1\r\na\r\n0\r\nX-User: root\r\nx_user: root\r\nX-Sum: 1\r\n\r\n");

        Assert.That((response.Status, _backend.Last["x-user"]), Is.EqualTo((200, "alice")));
        Assert.That(_backend.Last.Trailers, Is.EqualTo(new[] { "X-Sum: 1" }));
    }

    [TestCaseSource(nameof(Hostile))]
    public async Task A_hostile_token_is_refused(Func<TokenIssuer, string> token, string because)
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _issuer.Policy());

        var response = await Ask(mesh.Inbound(_backend.HostPort), token(_issuer));

        Assert.That(response.Status, Is.EqualTo(401));
        Assert.That(response["WWW-Authenticate"], Does.StartWith("Bearer error=\"invalid_token\", error_description=\"").And.Contain(because));
        Assert.That(response["Proxy-Status"], Does.Contain("error=http_request_denied; forwarded=?0"));
        Assert.That(JsonDocument.Parse(response.Body).RootElement.GetProperty("error").GetString(), Is.EqualTo("jwt_refused"));
        Assert.That(_backend.Executed, Is.Zero);
    }

    [Test]
    public async Task Without_a_token_the_answer_is_a_challenge_without_an_error()
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _issuer.Policy());

        var missing = await Ask(mesh.Inbound(_backend.HostPort), token: null, "Authorization: Basic YTpi\r\n");

        Assert.That((missing.Status, missing["WWW-Authenticate"]), Is.EqualTo((401, "Bearer")));
        Assert.That(missing.Body, Does.Contain("jwt_missing"));
    }

    [Test]
    public async Task Two_tokens_are_refused()
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _issuer.Policy());

        var response = await Ask(mesh.Inbound(_backend.HostPort), _issuer.Token(), $"Authorization: Bearer {_issuer.Token("ES256")}\r\n");

        Assert.That((response.Status, _backend.Executed), Is.EqualTo((401, 0)));
    }

    [TestCase("/", "user", 200)]
    [TestCase("/admin", "user", 403)]
    [TestCase("/admin", "admin", 200)]
    [TestCase("//admin", "user", 403)]
    [TestCase("/x/..%2fadmin", "user", 403)]
    [TestCase("/healthz", null, 200)]
    [TestCase("/healthz/..%2fadmin", null, 401)]
    [TestCase("/", null, 401)]
    public async Task Rules_require_claims_by_path_as_any_application_may_read_it(string path, string? role, int status)
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _issuer.Policy(jwt => jwt with
        {
            Rules =
            [
                new JwtRule { Path = new PathRule(PathTest.Prefix, "/admin"), Claims = TokenIssuer.Map(("role", "admin")) },
                new JwtRule { Path = new PathRule(PathTest.Exact, "/healthz"), Required = false },
            ],
        }));

        var response = await Ask(
            mesh.Inbound(_backend.HostPort), role is null ? null : _issuer.Token(change: Set("role", role)), path: path);

        Assert.That(response.Status, Is.EqualTo(status), response.Body);
        if (status == 403)
        {
            Assert.That(response["WWW-Authenticate"], Does.StartWith("Bearer error=\"insufficient_scope\"").And.Contain("role"));
        }
    }

    [Test]
    public async Task A_repeated_token_costs_one_signature()
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _issuer.Policy());
        var inbound = mesh.Inbound(_backend.HostPort);
        var token = _issuer.Token();
        for (var i = 0; i < 20; i++)
        {
            Assert.That((await Ask(inbound, token)).Status, Is.EqualTo(200));
        }

        Assert.That(
            mesh.Metrics(),
            Does.Contain("gatewaymesh_jwt_verifications_total{service=\"payments\",outcome=\"kept\"} 19")
                .And.Contain("gatewaymesh_jwt_verifications_total{service=\"payments\",outcome=\"verified\"} 1"));
    }

    [Test]
    public async Task Ingress_gateway_callee_and_caller_of_a_bare_service_decide_alike()
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _issuer.Policy(), _backend.HostPort)
            .BareService("bare", "http", _issuer.Policy(), _backend.HostPort);
        var ingress = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Ingress(ingress.Port, ("*", "payments"));
        foreach (
            var (address, fields) in new[]
            {
                (ingress, "Host: payments\r\n"),
                (mesh.Open(ListenerKind.Mesh, "mesh"), "Host: payments\r\ngatewaymesh-destination: payments\r\n"),
                (mesh.Inbound(_backend.HostPort), "Host: payments\r\n"),
                (mesh.Outbound(), "Host: bare\r\n"),
            })
        {
            Assert.That((await Ask(address, null, fields)).Status, Is.EqualTo(401), address.ToString());
            Assert.That((await Ask(address, _issuer.Token("HS256"), fields)).Status, Is.EqualTo(401), address.ToString());
            Assert.That((await Ask(address, _issuer.Token(), fields)).Status, Is.EqualTo(200), address.ToString());
        }

        var caller = mesh.Open(ListenerKind.Outbound, "outbound/caller");
        Assert.That((await Ask(caller, null, "Host: payments\r\n")).Status, Is.EqualTo(200), "the callee's sidecar verifies");
    }

    private static Action<JsonObject> Set(string name, JsonNode value) => target => target[name] = value.DeepClone();

    private static Action<JsonObject> Key(string id) => Set("kid", id);

    // The token with one part of another one.
    private static string Swap(string token, string other, int part)
    {
        var parts = token.Split('.');
        parts[part] = other.Split('.')[part];
        return string.Join('.', parts);
    }

    private static async Task<RawMessage> Ask(IPEndPoint address, string? token, string fields = "", string path = "/")
    {
        using var client = await RawConnection.To(address);
        var host = fields.Contains("Host:", StringComparison.Ordinal) ? "" : "Host: payments\r\n";
        var authorization = token is null ? "" : $"Authorization: Bearer {token}\r\n";
        return await client.Ask($"GET {path} HTTP/1.1\r\n{host}{fields}{authorization}\r\n");
    }
}
