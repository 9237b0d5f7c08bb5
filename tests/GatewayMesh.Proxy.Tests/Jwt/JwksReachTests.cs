using System.Globalization;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Jwt;

/// <summary>URLs of key sets under <c>reach</c>.</summary>
internal sealed class JwksReachTests
{
    [TestCase("http://169.254.169.254/jwks.json", "link-local")]
    [TestCase("http://localhost.:{0}/jwks.json", "admin address")]
    [TestCase("http://127.0.0.1:{0}/jwks.json", "admin address")]
    public async Task The_URL_of_a_key_set_cannot_lead_a_node_to_its_own_admin_address_or_a_metadata_service(string url, string because)
    {
        using var issuer = new TokenIssuer();
        using var admin = Serving(issuer);
        using var server = Serving(issuer);
        using var backend = Backend.Answering("ok");
        using var logs = new Logged();
        var rules = ReachRules.Of(new BootstrapSpec
        {
            Role = MeshRole.Gateway,
            Node = "gw",
            Gateway = new GatewaySpec { Address = "10.0.0.9" },
            Admin = admin.Address,
        });
        await using var mesh = await Mesh.Start(options => options with { Reach = rules, Logs = logs });
        mesh.Service("payments", issuer.Policy(jwks: Url(string.Format(CultureInfo.InvariantCulture, url, admin.Address.Port))));
        var inbound = mesh.Inbound(backend.HostPort);

        Assert.That(await Ask(inbound, issuer), Is.EqualTo(503));
        await Eventually.Until("the failure is reported", () => logs.Lines.Any(line => line.Event == "jwks_failed"));
        Assert.That(logs.Lines.First(line => line.Event == "jwks_failed").Line, Does.Contain(because));
        Assert.That((admin.Connections, backend.Executed), Is.EqualTo((0, 0)));

        mesh.Service("payments", issuer.Policy(jwks: Url($"http://{server.Address}/jwks.json")));
        await Eventually.Until("an issuer of this host, named as such, is asked", async () => await Ask(inbound, issuer) == 200);
    }

    private static JwksModel Url(string url) => new() { Url = url };

    private static Backend Serving(TokenIssuer issuer)
    {
        var text = issuer.Jwks();
        return Backend.Bytes($"HTTP/1.1 200 OK\r\nContent-Length: {text.Length}\r\n\r\n{text}");
    }

    private static async Task<int> Ask(IPEndPoint address, TokenIssuer issuer)
    {
        using var client = await RawConnection.To(address);
        return (await client.Ask($"GET / HTTP/1.1\r\nHost: payments\r\nAuthorization: Bearer {issuer.Token()}\r\n\r\n")).Status;
    }
}
