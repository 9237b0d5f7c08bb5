using GatewayMesh.Configuration.Entries;
using GatewayMesh.Proxy.Tests.Rig;
using static GatewayMesh.Proxy.Tests.Authorization.Guarded;

namespace GatewayMesh.Proxy.Tests.Authorization;

/// <summary>Permissions see the request as the application will receive it, and no spelling of a path evades them.</summary>
public class PermissionTests
{
    [TestCase("/public", 200)]
    [TestCase("/public?next=/admin", 200)]
    [TestCase("/admin", 403)]
    [TestCase("/admin?x", 403)]
    [TestCase("//admin", 403)]
    [TestCase("/./admin", 403)]
    [TestCase("/public/../admin", 403)]
    [TestCase("/public/%2e%2e/admin", 403)]
    [TestCase("/public/..%2fadmin", 403)]
    [TestCase("/public%2f..%2fadmin", 403)]
    [TestCase("/public%252f..%252fadmin", 403)]
    [TestCase("/%61dmin", 403)]
    [TestCase("/%2fadmin", 403)]
    [TestCase("/public/..%5cadmin", 403)]
    [TestCase("/public\\..\\admin", 403)]
    [TestCase("/public/..;/admin", 403)]
    [TestCase("/public//../../admin", 403)]
    [TestCase("http://payments/admin", 403)]
    public async Task No_spelling_of_a_path_evades_a_denial(string target, int status)
    {
        var (mesh, payments, client) = await Permitting(
            Allow, new PermissionRule(Deny) { PathRule = new PathRule(PathTest.Prefix, "/admin") });
        await using var _ = mesh;
        using var __ = payments;
        using var ___ = client;

        Assert.That((await client.Ask(Head("web", target))).Status, Is.EqualTo(status).Or.EqualTo(status == 403 ? 400 : status));
        Assert.That(payments.Executed, Is.EqualTo(status == 200 ? 1 : 0));
    }

    [TestCase("/public/a", 200)]
    [TestCase("/public/../admin", 403)]
    [TestCase("/public/%2e%2e%2fadmin", 403)]
    [TestCase("/public%2f..%2fadmin", 403)]
    [TestCase("/public/a%20b", 200)]
    [TestCase("/public/%7euser", 200)]
    public async Task No_spelling_of_a_path_exploits_an_allowance(string target, int status)
    {
        var (mesh, payments, client) = await Permitting(
            Deny, new PermissionRule(Allow) { PathRule = new PathRule(PathTest.Prefix, "/public/") });
        await using var _ = mesh;
        using var __ = payments;
        using var ___ = client;

        Assert.That((await client.Ask(Head("web", target))).Status, Is.EqualTo(status));
        Assert.That(payments.Executed, Is.EqualTo(status == 200 ? 1 : 0));
    }

    [TestCase("/my%20files/admin", "/my%20files/admin")]
    [TestCase("/my%20files/admin", "/my%20files%2Fadmin/x")]
    [TestCase("/my%20files/admin", "/my%2520files/admin")]
    [TestCase("/geheim/ä", "/geheim/%C3%A4")]
    [TestCase("/geheim/ä", "/geheim/%c3%a4/x")]
    [TestCase("/geheim/ä", "/public/%2e%2e/geheim//%C3%a4")]
    [TestCase("/admin", "/admin;v=1")]
    public async Task No_spelling_evades_a_denial_whose_rule_has_escapes_or_non_ASCII_letters(string rule, string target) =>
        Assert.That(
            await Status(new PermissionRule(Deny) { PathRule = new PathRule(PathTest.Prefix, rule) }, Allow, target), Is.EqualTo(403));

    [TestCase("/admin.*", "/admin%0a")]
    [TestCase("/admin/[^/]*", "/admin/x%0Ay")]
    [TestCase("/my%20files/.+", "/my%20files/x")]
    [TestCase("/geheim/.", "/geheim/%C3%A4")]
    public async Task No_spelling_evades_an_expression(string rule, string target) =>
        Assert.That(
            await Status(new PermissionRule(Deny) { PathRule = new PathRule(PathTest.Regex, rule) }, Allow, target), Is.EqualTo(403));

    [TestCase(PathTest.Prefix, "/my%20files/", "/my%20files/x")]
    [TestCase(PathTest.Exact, "/geheim/ä", "/geheim/%c3%A4")]
    [TestCase(PathTest.Regex, "/my%20files/[a-z]+", "/my%20files/x")]
    public async Task An_allowance_with_escapes_or_non_ASCII_letters_allows(PathTest test, string rule, string target) =>
        Assert.That(await Status(new PermissionRule(Allow) { PathRule = new PathRule(test, rule) }, Deny, target), Is.EqualTo(200));

    [Test]
    public async Task An_allowed_request_is_forwarded_byte_for_byte()
    {
        var (mesh, payments, client) = await Permitting(
            Deny, new PermissionRule(Allow) { PathRule = new PathRule(PathTest.Prefix, "/public/") });
        await using var _ = mesh;
        using var __ = payments;
        using var ___ = client;

        await client.Ask(Head("web", "/public/%7Euser//x/?a=%2f"));

        Assert.That(payments.Last.StartLine, Is.EqualTo("GET /public/%7Euser//x/?a=%2f HTTP/1.1"));
    }

    [TestCase("GET", 200)]
    [TestCase("POST", 403)]
    public async Task Permissions_match_methods(string method, int status)
    {
        var (mesh, payments, client) = await Permitting(Deny, new PermissionRule(Allow) { Methods = ["GET"] });
        await using var _ = mesh;
        using var __ = payments;
        using var ___ = client;

        Assert.That((await client.Ask(Head("web", method: method, fields: "Content-Length: 0\r\n"))).Status, Is.EqualTo(status));
    }

    [TestCase("x-team: blue\r\n", 200)]
    [TestCase("X-Team: blue\r\n", 200)]
    [TestCase("x-team: red\r\n", 403)]
    [TestCase("x-team: blue\r\nx-team: red\r\n", 403, Description = "two lines are one value")]
    [TestCase("", 403)]
    public async Task Permissions_match_header_fields(string fields, int status)
    {
        var (mesh, payments, client) = await Permitting(
            Deny, new PermissionRule(Allow) { Headers = [new HeaderRule("x-team", HeaderTest.Exact, "blue")] });
        await using var _ = mesh;
        using var __ = payments;
        using var ___ = client;

        Assert.That((await client.Ask(Head("web", fields: fields))).Status, Is.EqualTo(status));
    }

    [TestCase("x-team: red\r\n", 403)]
    [TestCase("X-TEAM: red\r\n", 403)]
    [TestCase("x-team: blue\r\nx-team: red\r\n", 403)]
    [TestCase("x-team: red\r\nx-team: blue\r\n", 403)]
    [TestCase("x-team: blue, red\r\n", 403, Description = "two lines as joined by the caller's proxy")]
    [TestCase("x_team: red\r\n", 403)]
    [TestCase("x-team: blue\r\nX_Team: red\r\n", 403)]
    [TestCase("x-team: blue\r\n", 200)]
    [TestCase("", 200)]
    public async Task A_denied_field_is_denied_on_any_line_in_any_order_and_with_underscores(string fields, int status) =>
        Assert.That(
            await Status(new PermissionRule(Deny) { Headers = [new HeaderRule("x-team", HeaderTest.Exact, "red")] }, Allow, "/", fields),
            Is.EqualTo(status));

    [TestCase("x-team: blue\r\nx_team: red\r\n", 403)]
    [TestCase("x_team: blue\r\n", 403)]
    [TestCase("x-team: blue\r\nx-team: blue2\r\n", 403)]
    [TestCase("x-team: blue2\r\n", 200)]
    public async Task An_allowed_field_is_allowed_when_every_reading_is(string fields, int status) =>
        Assert.That(
            await Status(new PermissionRule(Allow) { Headers = [new HeaderRule("x-team", HeaderTest.Suffix, "2")] }, Deny, "/", fields),
            Is.EqualTo(status));

    [TestCase("gatewaymesh-attempt", "gatewaymesh-attempt: 1\r\n")]
    [TestCase("keep-alive", "Keep-Alive: 1\r\n")]
    public async Task Permissions_ignore_fields_that_the_application_does_not_get(string name, string fields)
    {
        var (mesh, payments, client) = await Permitting(
            Deny, new PermissionRule(Allow) { Headers = [new HeaderRule(name, HeaderTest.Present, "")] });
        await using var _ = mesh;
        using var __ = payments;
        using var ___ = client;

        Assert.That((await client.Ask(Head("web", fields: fields))).Status, Is.EqualTo(403));
    }

    private static async Task<int> Status(PermissionRule permission, IntentionAction otherwise, string target, string fields = "")
    {
        var (mesh, payments, client) = await Permitting(otherwise, permission);
        await using var _ = mesh;
        using var __ = payments;
        using var ___ = client;
        var answer = await client.Ask(Head("web", target, fields: fields));
        Assert.That(payments.Executed, Is.EqualTo(answer.Status == 200 ? 1 : 0));
        return answer.Status;
    }

    private static async Task<(Mesh Mesh, Backend Payments, RawConnection Client)> Permitting(
        IntentionAction otherwise, params PermissionRule[] permissions)
    {
        var payments = Backend.Answering("paid");
        var mesh = await Guarded.Start();
        mesh.Intentions(
            new DeclaredIntentions(
                [
                    new ServiceIntentionsEntry
                    {
                        Name = "payments",
                        Sources = [new IntentionSource("web") { Permissions = [.. permissions] }],
                    }],
                otherwise));
        return (mesh, payments, await RawConnection.To(mesh.Inbound(payments.HostPort)));
    }
}
