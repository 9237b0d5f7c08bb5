using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Client;

/// <summary>
/// Two sidecars of one service whose keys are at a Redis server. The worker of one is killed (<c>kill -9</c>) 50 times during POSTs, which
/// their clients then send to the other with the same key. Nothing is executed twice, and a key answered by one is answered by both.
/// </summary>
internal sealed class SharedKeyKillTests : MeshTest
{
    private const int Kills = 50;
    private const int Clients = 4;

    private readonly ConcurrentDictionary<string, string> _answers = new();
    private readonly ConcurrentBag<string> _unknown = [];
    private int _next;

    [Test]
    public async Task No_request_runs_twice_at_two_instances_when_one_is_killed_50_times()
    {
        EndsByItself = false;
        using var redis = new RedisServer().Start();
        var payments = Mesh.AddBackend("payments");
        await File.WriteAllTextAsync(
            Path.Combine(Mesh.Registry, "policy-payments.yaml"),
            "kind: service-policy\nname: payments\nidempotency: { enabled: true, wait: 1s }\n");
        string[] alone = ["--no-guard", "--set", "identity=plaintext", "--set", $"stores.idempotency={redis.Uri}"];
        var inbound = new[] { FreePorts.Loopback(), FreePorts.Loopback() };
        var nodes = inbound.Select((address, i) =>
            Mesh.AddSidecar($"host-{i}", $"- name: payments\n  port: {payments.Port}\n  inbound: {address}\n")).ToList();
        using var handler = new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1) };
        using var client = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(20) };
        using var stop = new CancellationTokenSource();
        nodes.ForEach(node => node.Start(alone));
        var load = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => SendAsync(client, inbound, stop.Token))).ToList();
        for (var kill = 0; kill < Kills; kill++)
        {
            var goal = _answers.Count + 10 + (kill % 7);
            await Eventually.Until("more requests are answered", () => _answers.Count >= goal, () => Task.FromResult(Mesh.Logs(20)));
            nodes[0].Process.Signal(ProcessTable.Kill);
            await nodes[0].Process.ExitAsync();
            nodes[0].Start(alone);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        await Eventually.Until("both serve", async () =>
            (await Task.WhenAll(inbound.Select(node => TryAsync(client, node, "last")))).All(answer => answer.Status == HttpStatusCode.OK));
        var changed = new List<string>();
        foreach (var (key, answer) in _answers)
        {
            foreach (var node in inbound)
            {
                var again = await TryAsync(client, node, key);
                if (again != (HttpStatusCode.OK, true, answer))
                {
                    changed.Add($"{key}: {again}");
                }
            }
        }

        var unknown = await Task.WhenAll(_unknown.Select(key => TryAsync(client, inbound[1], key)));
        await TestContext.Out.WriteLineAsync($"answered {_answers.Count}, with an unknown outcome {_unknown.Count}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changed, Is.Empty, "answered keys");
            Assert.That(payments.Works.Where(work => work.Value > 1).Select(work => $"{work.Key}: {work.Value} times"), Is.Empty);
            Assert.That(unknown.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.Conflict));
            Assert.That(unknown.Select(answer => answer.Text), Is.All.Contains("the outcome of the first request is unknown"));
            Assert.That(_answers, Has.Count.GreaterThan(Kills * 10));
            Assert.That(_unknown, Has.Count.LessThan(Kills * Clients));
        }
    }

    // At one instance, then at the other, until a response says what became of the request.
    private async Task SendAsync(HttpClient client, IPEndPoint[] nodes, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _next);
            var key = string.Create(CultureInfo.InvariantCulture, $"key-{number}");
            for (var attempt = number; ; attempt++)
            {
                var answer = await TryAsync(client, nodes[attempt % 2], key);
                if (answer.Status == HttpStatusCode.OK)
                {
                    _answers[key] = answer.Text;
                    break;
                }

                if (answer.Text.Contains("the outcome of the first request is unknown", StringComparison.Ordinal))
                {
                    _unknown.Add(key);
                    break;
                }

                await Task.Delay(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            }
        }
    }

    private static async Task<(HttpStatusCode? Status, bool IsReplayed, string Text)> TryAsync(
        HttpClient client, IPEndPoint node, string key)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{node}/pay") { Content = new ByteArrayContent([1, 2, 3]) };
            request.Headers.Host = "payments";
            request.Headers.Add("Idempotency-Key", key);
            request.Headers.Add("X-Work", key);
            using var answer = await client.SendAsync(request);
            return (answer.StatusCode, answer.Headers.Contains("Idempotency-Replayed"), await answer.Content.ReadAsStringAsync());
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or TaskCanceledException)
        {
            return (null, false, "");
        }
    }
}
