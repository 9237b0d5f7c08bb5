using GatewayMesh.Configuration.Values;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Identity;

/// <summary>
/// A foreign callee (openssl) that refuses the caller's certificate. With TLS 1.3 the refusal arrives long after the request was sent.
/// </summary>
public class RefusingCalleeTests
{
    [TestCase("GET")]
    [TestCase("POST")]
    public async Task A_refused_caller_certificate_has_its_own_error_and_is_not_forwarded(string method)
    {
        await using var mesh = new CertifiedMesh();
        using var strangers = new TestAuthority("other.mesh");
        var folder = Directory.CreateDirectory(
            Path.Combine(TestContext.CurrentContext.WorkDirectory, "refusing", Guid.NewGuid().ToString("N"))).FullName;
        var (leaf, roots) = (Path.Combine(folder, "leaf.pem"), Path.Combine(folder, "roots.pem"));
        await File.WriteAllTextAsync(leaf, mesh.Authority.Issue("payments"));
        await File.WriteAllTextAsync(roots, strangers.RootPem);
        var port = FreePorts.Next();
        await using var callee = await OwnedProcess.StartAsync(
            "openssl",
            [
                "s_server",
                "-accept",
                $"127.0.0.1:{port}",
                "-tls1_3",
                "-www",
                "-cert",
                leaf,
                "-key",
                leaf,
                "-CAfile",
                roots,
                "-Verify",
                "2",
                "-verify_return_error"]);
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
            Assert.That(
                web.Plane.Inspection.Endpoints().Single().ConsecutiveFailures,
                Is.Zero,
                "one caller's refusal is no evidence about the instance");
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
