using System.Buffers.Text;
using System.Net;
using System.Text.Json;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Jwt;

/// <summary>Tokens of a policy's issuers outside <c>Authorization</c>, and their claims as one field for the application.</summary>
internal sealed class TokenLocationTests
{
    private TokenIssuer _issuer = null!;
    private TokenIssuer _browsers = null!;
    private Backend _backend = null!;

    [SetUp]
    public void Make() => (_issuer, _browsers, _backend) = (new TokenIssuer("1"), new TokenIssuer("2"), Backend.Answering("ok"));

    [TearDown]
    public void End()
    {
        _issuer.Dispose();
        _browsers.Dispose();
        _backend.Dispose();
    }

    [TestCase("/?access_token=TOKEN", "", 200)]
    [TestCase("/", "Cookie: a=b; session=TOKEN", 200)]
    [TestCase("/", "X-Token: Token TOKEN", 200)]
    [TestCase("/", "Authorization: Bearer TOKEN", 401)]
    [TestCase("/?access_token=TOKEN", "Cookie: session=x", 401)]
    [TestCase("/?access_token=TOKENx", "", 401)]
    public async Task A_token_is_read_from_the_locations_of_its_issuer(string path, string field, int status)
    {
        await using var mesh = await Start(
            [
                new TokenLocation(TokenPlace.Query, "access_token"),
                new TokenLocation(TokenPlace.Cookie, "session"),
                new TokenLocation(TokenPlace.Header, "x-token") { Prefix = "Token " },
            ]);

        var response = await Ask(mesh.Inbound(_backend.HostPort), path, field);

        Assert.That(response.Status, Is.EqualTo(status), response.Body);
    }

    [Test]
    public async Task A_field_with_the_token_reaches_the_application_only_if_its_location_says_so()
    {
        await using var mesh = await Start(
            [new TokenLocation(TokenPlace.Header, "x-token"), new TokenLocation(TokenPlace.Header, "x-kept") { Forward = true }]);
        mesh.Service("payments", _issuer.Policy(With(
            [new TokenLocation(TokenPlace.Header, "x-token"), new TokenLocation(TokenPlace.Header, "x-kept") { Forward = true }])),
            _backend.HostPort);
        var inbound = mesh.Inbound(_backend.HostPort);

        Assert.That((await Ask(inbound, "/", "X-Token: TOKEN")).Status, Is.EqualTo(200));
        Assert.That(_backend.Last.Has("X-Token"), Is.False);
        Assert.That((await Ask(inbound, "/", "X-Kept: TOKEN")).Status, Is.EqualTo(200));
        Assert.That(_backend.Last.Has("X-Kept"), Is.True);

        var ingress = mesh.Open(ListenerKind.Ingress, "ingress/public");
        mesh.Ingress(ingress.Port, ("*", "payments"));
        Assert.That((await Ask(ingress, "/", "X-Token: TOKEN")).Status, Is.EqualTo(200));
        Assert.That(_backend.Last.Has("X-Token"), Is.True, "the callee's sidecar verifies the token again");
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task The_claims_become_one_field_in_base64url_and_a_forged_one_is_removed(bool pad)
    {
        await using var mesh = await Mesh.Start();
        mesh.Service("payments", _issuer.Policy(jwt => jwt with
        {
            Required = false,
            Issuers = [jwt.Issuers[0] with { Forwarding = new TokenForwarding("x-claims", pad) }],
        }));
        var inbound = mesh.Inbound(_backend.HostPort);

        // Subjects of three lengths: the text has zero, one, and two characters of padding.
        for (var i = 0; i < 3; i++)
        {
            var subject = new string('s', i + 1);
            var token = _issuer.Token(change: claims => claims["sub"] = subject);
            Assert.That((await Ask(inbound, "/", "X-Claims: forged\r\nx_claims: forged\r\nAuthorization: Bearer " + token)).Status, Is.EqualTo(200));
            var text = _backend.Last.Values("x-claims").Single();
            Assert.That(text.Length % 4 == 0 || !pad, Is.True);
            Assert.That(text.Contains('=', StringComparison.Ordinal) && !pad, Is.False);
            using var claims = JsonDocument.Parse(Base64Url.DecodeFromChars(text.TrimEnd('=')));
            Assert.That(claims.RootElement.GetProperty("sub").GetString(), Is.EqualTo(subject));
        }

        Assert.That(_backend.Last.Has("x_claims"), Is.False);
        Assert.That((await Ask(inbound, "/", "X-Claims: forged")).Status, Is.EqualTo(200));
        Assert.That(_backend.Last.Has("x-claims"), Is.False, "not even without a token");
    }

    [TestCase("Authorization: Bearer TOKEN", 200)]
    [TestCase("Cookie: session=OTHER", 200)]
    [TestCase("Authorization: Bearer TOKEN\r\nCookie: session=OTHER", 200)]
    [TestCase("Authorization: Basic b3BhcXVl\r\nCookie: session=OTHER", 200)]
    [TestCase("Authorization: Bearer opaque\r\nCookie: session=OTHER", 401)]
    [TestCase("Authorization: Bearer UNSIGNED\r\nCookie: session=OTHER", 401)]
    [TestCase("Authorization: Bearer TOKEN\r\nCookie: session=opaque", 401)]
    [TestCase("Authorization: Bearer OTHER", 401)]
    [TestCase("Cookie: session=TOKEN", 401)]
    public async Task Each_issuer_has_its_own_locations_and_no_invalid_token_passes_beside_a_valid_one(string field, int status)
    {
        await using var mesh = await Mesh.Start();
        var inbound = mesh.Inbound(_backend.HostPort);
        var browsers = Browsers([new TokenLocation(TokenPlace.Cookie, "session")]);

        mesh.Service("payments", _issuer.Policy(jwt => jwt with { Issuers = [jwt.Issuers[0], browsers] }));
        var first = await Ask(inbound, "/", field);
        mesh.Service("payments", _issuer.Policy(jwt => jwt with { Issuers = [browsers, jwt.Issuers[0]] }));
        var second = await Ask(inbound, "/", field);

        Assert.That((first.Status, second.Status), Is.EqualTo((status, status)), "in any order of the issuers");
        Assert.That(_backend.Executed, Is.EqualTo(status == 200 ? 2 : 0));
    }

    [TestCase("Authorization: Bearer TOKEN", 200)]
    [TestCase("Authorization: Bearer OTHER", 200)]
    [TestCase("Cookie: session=OTHER", 200)]
    [TestCase("Cookie: session=TOKEN", 401)]
    [TestCase("Authorization: Bearer UNSIGNED", 401)]
    [TestCase("Authorization: Bearer TOKEN\r\nCookie: session=OTHER", 401, Description = "two tokens for the second issuer")]
    public async Task A_token_at_a_location_of_two_issuers_needs_only_one_of_them(string field, int status)
    {
        await using var mesh = await Mesh.Start();
        var inbound = mesh.Inbound(_backend.HostPort);
        var browsers = Browsers(
            [
                new TokenLocation(TokenPlace.Header, "authorization") { Prefix = "Bearer ", Forward = true },
                new TokenLocation(TokenPlace.Cookie, "session"),
            ]);

        mesh.Service("payments", _issuer.Policy(jwt => jwt with { Issuers = [jwt.Issuers[0], browsers] }));
        var first = await Ask(inbound, "/", field);
        mesh.Service("payments", _issuer.Policy(jwt => jwt with { Issuers = [browsers, jwt.Issuers[0]] }));
        var second = await Ask(inbound, "/", field);

        Assert.That((first.Status, second.Status), Is.EqualTo((status, status)), "in any order of the issuers");
    }

    private JwtIssuerModel Browsers(TokenLocation[] locations) => new()
    {
        Issuer = TokenIssuer.Name,
        Jwks = new JwksModel { Inline = _browsers.Jwks() },
        Locations = [.. locations],
    };

    private static Func<JwtModel, JwtModel> With(TokenLocation[] locations) =>
        jwt => jwt with { Issuers = [jwt.Issuers[0] with { Locations = [.. locations] }] };

    private async Task<Mesh> Start(TokenLocation[] locations)
    {
        var mesh = await Mesh.Start();
        return mesh.Service("payments", _issuer.Policy(With(locations)));
    }

    private async Task<RawMessage> Ask(IPEndPoint address, string path, string field)
    {
        using var client = await RawConnection.To(address);
        var lines = field.Length == 0 ? "" : field + "\r\n";
        return await client.Ask(
            $"GET {path} HTTP/1.1\r\nHost: payments\r\n{lines}\r\n"
                .Replace("TOKEN", _issuer.Token(), StringComparison.Ordinal)
                .Replace("UNSIGNED", _issuer.Token("none", claims => claims["role"] = "admin") + "AAAA", StringComparison.Ordinal)
                .Replace("OTHER", _browsers.Token(), StringComparison.Ordinal));
    }
}
