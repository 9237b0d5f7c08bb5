using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Identity;

/// <summary>A callee that is not ours (openssl) and refuses the caller's certificate. With TLS 1.3 it says so when the request has long been sent.</summary>
public class RefusingCalleeTests
{
    [TestCase("GET")]
    [TestCase("POST")]
    public async Task Its_refusal_has_a_name_and_is_known_to_come_before_the_request(string method)
    {
        await using var mesh = new CertifiedMesh();
        using var strangers = new Fixtures.TestAuthority("other.mesh");
        var folder = Directory.CreateDirectory(Path.Combine(TestContext.CurrentContext.WorkDirectory, "refusing", Guid.NewGuid().ToString("N"))).FullName;
        var (leaf, roots) = (Path.Combine(folder, "leaf.pem"), Path.Combine(folder, "roots.pem"));
        await File.WriteAllTextAsync(leaf, mesh.Authority.Issue("payments"));
        await File.WriteAllTextAsync(roots, strangers.RootPem);
        var port = FreePorts.Next();
        await using var callee = await OwnedProcess.StartAsync(
            "openssl", ["Server", "-accept", $"127.0.0.1:{port}", "-tls1_3", "-www", "-cert", leaf, "-key", leaf, "-CAfile", roots, "-Verify", "2", "-verify_return_error"]);
        await Ready(callee);
        var web = await mesh.Plane("sidecar", ["web"]);
        web.Service("payments", new HostPort("127.0.0.1", port));
        using var client = await RawConnection.To(web.Outbound());

        var answer = await client.Ask($"{method} / HTTP/1.1\r\nHost: payments\r\nContent-Length: 0\r\n\r\n");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(502), callee.Log);
            Assert.That(answer["Proxy-Status"], Does.Contain("error=tls_alert_received; forwarded=?0").And.Contain("unknown_ca"));
            Assert.That(answer.Body, Does.Contain("certificate_refused"));
            Assert.That(web.Plane.Endpoints().Single().ConsecutiveFailures, Is.Zero, "that one caller is refused says nothing of the instance");
        }
    }

    private static async Task Ready(OwnedProcess server)
    {
        while (!server.Log.Contains("ACCEPT", StringComparison.Ordinal))
        {
            Assert.That(server.HasExited, Is.False, server.Log);
            await Task.Delay(20);
        }
    }
}
