using System.Diagnostics;
using GatewayMesh.Configuration.Policies.Jwt;
using GatewayMesh.Configuration.Reach;
using GatewayMesh.Fixtures;
using GatewayMesh.Proxy.Jwt;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tests.Rig;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Proxy.Tests.Jwt;

/// <summary>Paths of key sets that a policy should not name.</summary>
internal sealed class JwksFileTests
{
    [Test]
    public async Task A_FIFO_is_refused_and_a_good_set_in_its_place_is_read()
    {
        using var folder = new TemporaryFolder();
        using var issuer = new TokenIssuer();
        using var metrics = new MeshMetrics();
        using var logs = new Logged();
        var time = new FakeTimeProvider();
        var file = Path.Combine(folder.Path, "jwks.json");
        using (var made = Process.Start("mkfifo", [file]))
        {
            await made.WaitForExitAsync();
        }

        using var registry = new JwksRegistry(metrics, logs.CreateLogger("jwt"), time, () => 0.5, () => ReachRules.Unbounded);
        var source = registry.Find(new JwksModel { File = file });
        await Eventually.Until("the FIFO was refused", () => logs.Lines.Any(line => line.Event == "jwks_failed"));
        await File.WriteAllTextAsync(file + ".new", issuer.Jwks());
        File.Move(file + ".new", file, overwrite: true);

        await Eventually.Until("the set was read", () =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return source.Keys is not null;
        });
        Assert.That(source.Keys!.Keys, Has.Length.EqualTo(3));
    }
}
