using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using GatewayMesh.Fixtures;
using GatewayMesh.MeshTests.Meshes;

namespace GatewayMesh.MeshTests.Client;

/// <summary>
/// A callee's worker that is killed (<c>kill -9</c>) 200 times during POSTs with keys. What was answered is answered the same again, and
/// nothing is executed twice.
/// </summary>
internal sealed class KeptKeyTests : MeshTest
{
    private const int Kills = 200;
    private const int Clients = 4;

    private static readonly string[] Alone = ["--no-guard", "--set", "identity=plaintext"];

    private readonly ConcurrentDictionary<string, string> _answers = new();
    private readonly ConcurrentBag<string> _lost = [];
    private int _next;

    [Test]
    public async Task No_answered_key_is_lost_and_none_runs_twice_when_the_worker_is_killed_200_times()
    {
        EndsByItself = false;
        var inbound = FreePorts.Loopback();
        var payments = Mesh.AddBackend("payments");
        await File.WriteAllTextAsync(
            Path.Combine(Mesh.Registry, "policy-payments.yaml"), "kind: service-policy\nname: payments\nidempotency: { enabled: true }\n");
        var node = Mesh.AddSidecar("host-b", $"- name: payments\n  port: {payments.Port}\n  inbound: {inbound}\n");
        using var client = new HttpClient(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1) })
        {
            BaseAddress = new Uri($"http://{inbound}"),
            Timeout = TimeSpan.FromSeconds(10),
        };
        using var stop = new CancellationTokenSource();
        node.Start(Alone);
        var load = Enumerable.Range(0, Clients).Select(_ => Task.Run(() => SendAsync(client, stop.Token))).ToList();
        for (var kill = 0; kill < Kills; kill++)
        {
            var goal = _answers.Count + 10 + (kill % 7);
            await Eventually.Until("more requests are answered", () => _answers.Count >= goal, () => Task.FromResult(Mesh.Logs(20)));
            node.Process.Signal(ProcessTable.Kill);
            await node.Process.ExitAsync();
            node.Start(Alone);
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        await Eventually.Until("the sidecar serves", async () => await TryAsync(client, "last") is { IsSuccessStatusCode: true });

        var changed = new List<string>();
        foreach (var (key, answer) in _answers)
        {
            using var again = await SendOneAsync(client, key);
            if (again.StatusCode != HttpStatusCode.OK
                || !again.Headers.Contains("Idempotency-Replayed")
                || await again.Content.ReadAsStringAsync() != answer)
            {
                changed.Add($"{key}: {(int)again.StatusCode} {await again.Content.ReadAsStringAsync()}");
            }
        }

        var unknown = 0;
        foreach (var key in _lost)
        {
            using var again = await SendOneAsync(client, key);
            unknown += again.StatusCode == HttpStatusCode.Conflict ? 1 : 0;
        }

        await TestContext.Out.WriteLineAsync(
            $"answered {_answers.Count}, without an answer {_lost.Count}, of them with an unknown outcome {unknown}");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changed, Is.Empty, "answered keys");
            Assert.That(payments.Works.Where(work => work.Value > 1).Select(work => $"{work.Key}: {work.Value} times"), Is.Empty);
            Assert.That(_answers, Has.Count.GreaterThan(Kills * 10));
        }
    }

    private async Task SendAsync(HttpClient client, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var key = string.Create(CultureInfo.InvariantCulture, $"key-{Interlocked.Increment(ref _next)}");
            using var answer = await TryAsync(client, key);
            if (answer is { StatusCode: HttpStatusCode.OK })
            {
                _answers[key] = await answer.Content.ReadAsStringAsync(CancellationToken.None);
            }
            else
            {
                _lost.Add(key);
                await Task.Delay(TimeSpan.FromMilliseconds(10), CancellationToken.None);
            }
        }
    }

    private static async Task<HttpResponseMessage?> TryAsync(HttpClient client, string key)
    {
        try
        {
            return await SendOneAsync(client, key);
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or TaskCanceledException)
        {
            return null;
        }
    }

    private static async Task<HttpResponseMessage> SendOneAsync(HttpClient client, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/pay") { Content = new ByteArrayContent([1, 2, 3]) };
        request.Headers.Host = "payments";
        request.Headers.Add("Idempotency-Key", key);
        request.Headers.Add("X-Work", key);
        return await client.SendAsync(request);
    }
}
