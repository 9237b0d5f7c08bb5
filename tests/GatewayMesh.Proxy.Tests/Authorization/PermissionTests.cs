using GatewayMesh.Configuration.Entries;
using GatewayMesh.Proxy.Tests.Rig;
using static GatewayMesh.Proxy.Tests.Authorization.Guarded;

namespace GatewayMesh.Proxy.Tests.Authorization;

/// <summary>Permissions look at the request as the application will get it, and no spelling of a path gets round them.</summary>
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
    public async Task No_spelling_of_a_path_gets_round_a_denial(string target, int status)
    {
        var (mesh, payments, client) = await Permitting(Allow, new PermissionRule(Deny) { PathRule = new PathRule(PathTest.Prefix, "/admin") });
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
    public async Task No_spelling_of_a_path_gets_through_an_allowance(string target, int status)
    {
        var (mesh, payments, client) = await Permitting(Deny, new PermissionRule(Allow) { PathRule = new PathRule(PathTest.Prefix, "/public/") });
        await using var _ = mesh;
        using var __ = payments;
        using var ___ = client;

        Assert.That((await client.Ask(Head("web", target))).Status, Is.EqualTo(status));
        Assert.That(payments.Executed, Is.EqualTo(status == 200 ? 1 : 0));
    }

    [Test]
    public async Task What_is_allowed_is_forwarded_byte_for_byte()
    {
        var (mesh, payments, client) = await Permitting(Deny, new PermissionRule(Allow) { PathRule = new PathRule(PathTest.Prefix, "/public/") });
        await using var _ = mesh;
        using var __ = payments;
        using var ___ = client;

        await client.Ask(Head("web", "/public/%7Euser//x/?a=%2f"));

        Assert.That(payments.Last.StartLine, Is.EqualTo("GET /public/%7Euser//x/?a=%2f HTTP/1.1"));
    }

    [TestCase("GET", 200)]
    [TestCase("POST", 403)]
    public async Task Methods_count(string method, int status)
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
    public async Task Header_fields_count(string fields, int status)
    {
        var (mesh, payments, client) = await Permitting(Deny, new PermissionRule(Allow) { Headers = [new HeaderRule("x-team", HeaderTest.Exact, "blue")] });
        await using var _ = mesh;
        using var __ = payments;
        using var ___ = client;

        Assert.That((await client.Ask(Head("web", fields: fields))).Status, Is.EqualTo(status));
    }

    [TestCase("gatewaymesh-attempt", "gatewaymesh-attempt: 1\r\n")]
    [TestCase("keep-alive", "Keep-Alive: 1\r\n")]
    public async Task Fields_that_the_application_does_not_get_are_not_there(string name, string fields)
    {
        var (mesh, payments, client) = await Permitting(Deny, new PermissionRule(Allow) { Headers = [new HeaderRule(name, HeaderTest.Present, "")] });
        await using var _ = mesh;
        using var __ = payments;
        using var ___ = client;

        Assert.That((await client.Ask(Head("web", fields: fields))).Status, Is.EqualTo(403));
    }

    private static async Task<(Mesh Mesh, Backend Payments, RawConnection Client)> Permitting(IntentionAction otherwise, params PermissionRule[] permissions)
    {
        var payments = Backend.Saying("paid");
        var mesh = await Guarded.Start();
        mesh.Intentions(new DeclaredIntentions([new ServiceIntentionsEntry { Name = "payments", Sources = [new IntentionSource("web") { Permissions = [.. permissions] }] }], otherwise));
        return (mesh, payments, await RawConnection.To(mesh.Inbound(payments.HostPort)));
    }
}
