using GatewayMesh.Client.Tests.Rig;

namespace GatewayMesh.Client.Tests.Failover;

/// <summary>
/// SocketsHttpHandler retries a request by itself when the connection ends without a byte of an answer. The client prevents this.
/// </summary>
public sealed class HiddenRetryTests
{
    [Test]
    public async Task The_platform_itself_sends_a_post_without_content_four_times()
    {
        using var server = Ending();
        using var plain = new HttpClient();

        await Assert.ThrowsAsync<HttpRequestException>(() => plain.PostAsync(new Uri($"http://{server.Address}/"), null));

        Assert.That(server.Executed, Has.Count.EqualTo(4), "when this changes, Connections/WitnessStream.cs may go");
    }

    [Test]
    public async Task The_platform_itself_retries_a_post_on_a_kept_connection()
    {
        var requests = 0;
        using var server = new ScriptedServer((_, connection) =>
        {
            if (Interlocked.Increment(ref requests) == 2)
            {
                connection.End();
                return Task.CompletedTask;
            }

            return connection.AnswerAsync("ok");
        });
        using var plain = new HttpClient();
        await plain.GetAsync(new Uri($"http://{server.Address}/"));

        await plain.PostAsync(new Uri($"http://{server.Address}/"), null);

        Assert.That(server.Executed.Count(request => request.Method == "POST"), Is.EqualTo(2));
    }

    [Test]
    public async Task A_post_without_content_runs_once()
    {
        using var sidecar = Ending();
        using var client = new TestClient(sidecar.Address);

        await Assert.ThrowsAsync<GatewayMeshException>(() => client.SendAsync("POST"));

        Assert.That(sidecar.Executed, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_post_without_content_on_a_kept_connection_runs_once()
    {
        var requests = 0;
        using var sidecar = new ScriptedServer((_, connection) =>
        {
            if (Interlocked.Increment(ref requests) == 1)
            {
                return connection.AnswerAsync("ok");
            }

            connection.End();
            return Task.CompletedTask;
        });
        using var client = new TestClient(sidecar.Address);
        await client.GetAsync();

        await Assert.ThrowsAsync<GatewayMeshException>(() => client.SendAsync("POST"));

        Assert.That((sidecar.Executed.Count, sidecar.Connections), Is.EqualTo((2, 1)));
    }

    [Test]
    public async Task A_post_that_expects_100_continue_runs_once()
    {
        var heads = 0;
        using var raw = new HeadsOnlyServer(() => Interlocked.Increment(ref heads));
        using var client = new TestClient(raw.Address);

        await Assert.ThrowsAsync<GatewayMeshException>(
            () => client.SendAsync("POST", new StringContent("body"), request => request.Headers.ExpectContinue = true));

        Assert.That(heads, Is.EqualTo(1));
    }

    [Test]
    public async Task A_get_has_no_hidden_attempts()
    {
        using var sidecar = Ending();
        using var gateway = new ScriptedGateway((_, connection) =>
        {
            connection.End();
            return Task.CompletedTask;
        });
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        var failure = await Assert.ThrowsAsync<GatewayMeshException>(() => client.GetAsync());

        using (Assert.EnterMultipleScope())
        {
            Assert.That((sidecar.Executed.Count, gateway.Executed.Count), Is.EqualTo((2, 1)));
            Assert.That((failure!.Refusal, failure.Attempts), Is.EqualTo((ReplayRefusal.AttemptsUsedUp, 3)));
        }
    }

    private static ScriptedServer Ending() => new((_, connection) =>
    {
        connection.End();
        return Task.CompletedTask;
    });

    private sealed class HeadsOnlyServer(Action onHead) : ScriptedServer((_, _) => Task.CompletedTask)
    {
        protected override async Task ServeAsync(ServerConnection connection)
        {
            if (!new ServerRequest((await connection.ReadHeadAsync())!, "").IsProbe)
            {
                onHead();
            }

            connection.End();
        }
    }
}
