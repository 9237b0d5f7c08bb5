using GatewayMesh.Client.Tests.Rig;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Client.Tests.Failover;

/// <summary>The caller's cancellation and timeout end all attempts.</summary>
public sealed class CancellationTests
{
    [Test]
    public async Task A_cancelled_request_ends_at_once_and_is_not_retried()
    {
        using var sidecar = ScriptedServer.Silent();
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);
        using var cancellation = new CancellationTokenSource();
        var sending = client.SendAsync("GET", cancellation: cancellation.Token);
        await Eventually.Until("the request arrived", () => sidecar.Executed.Count == 1);

        await cancellation.CancelAsync();

        var failure = await Assert.ThrowsAsync<TaskCanceledException>(() => sending);
        Assert.That((failure!.CancellationToken == cancellation.Token, gateway.Executed.Count), Is.EqualTo((true, 0)));
    }

    [Test]
    public async Task The_timeout_of_the_http_client_is_respected()
    {
        using var sidecar = ScriptedServer.Silent();
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);
        client.Http.Timeout = TimeSpan.FromMilliseconds(300);

        var failure = await Assert.ThrowsAsync<TaskCanceledException>(() => client.GetAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(failure!.InnerException, Is.InstanceOf<TimeoutException>());
            Assert.That(gateway.Executed, Is.Empty);
        }
    }
}
