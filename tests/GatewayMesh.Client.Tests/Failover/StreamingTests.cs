using System.Text;
using GatewayMesh.Client.Tests.Rig;

namespace GatewayMesh.Client.Tests.Failover;

/// <summary>Streaming of bodies in both directions.</summary>
public sealed class StreamingTests
{
    [Test]
    public async Task A_streaming_answer_is_passed_through_immediately()
    {
        var more = new TaskCompletionSource();
        using var sidecar = new ScriptedServer(async (_, connection) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfirst\r\n");
            await more.Task;
            await connection.SendAsync("6\r\nsecond\r\n0\r\n\r\n");
        });
        using var client = new TestClient(sidecar.Address);

        using var answer = await client.SendAsync("GET");
        var body = await answer.Content.ReadAsStreamAsync();
        var first = new byte[5];
        await body.ReadExactlyAsync(first);
        Assert.That(Encoding.ASCII.GetString(first), Is.EqualTo("first"));

        more.SetResult();
        using var rest = new StreamReader(body);
        Assert.That(await rest.ReadToEndAsync(), Is.EqualTo("second"));
    }

    [Test]
    public async Task An_answer_that_ends_with_its_connection_is_complete()
    {
        using var sidecar = new ScriptedServer(async (_, connection) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nto the end");
            connection.End();
        });
        using var client = new TestClient(sidecar.Address);

        Assert.That(await client.GetAsync(), Is.EqualTo("to the end"));
    }

    [Test]
    public async Task A_request_body_of_unknown_length_is_streamed()
    {
        var gate = new TaskCompletionSource();
        var started = new TaskCompletionSource();
        using var sidecar = new EarlyReader(started);
        using var client = new TestClient(sidecar.Address);

        var sending = client.SendAsync("POST", new GatedContent(gate.Task));
        await started.Task.WaitAsync(TimeSpan.FromSeconds(30));
        gate.SetResult();

        using var answer = await sending;
        Assert.That(answer.IsSuccessStatusCode);
    }

    [Test]
    public async Task An_upgraded_connection_carries_bytes_both_ways_to_its_end()
    {
        using var sidecar = new ScriptedServer(async (_, connection) =>
        {
            await connection.SendAsync("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
            await connection.SendAsync(await connection.TakeAsync(4));
            connection.End();
        });
        using var client = new TestClient(sidecar.Address);

        using var answer = await client.SendAsync("GET", null, request =>
        {
            request.Headers.Add("Connection", "Upgrade");
            request.Headers.Add("Upgrade", "echo");
        });
        var stream = await answer.Content.ReadAsStreamAsync();
        await stream.WriteAsync("ping"u8.ToArray());
        await stream.FlushAsync();
        using var reader = new StreamReader(stream);

        Assert.That(await reader.ReadToEndAsync(), Is.EqualTo("ping"));
    }

    [Test]
    public async Task Path_query_and_host_arrive_unchanged()
    {
        using var sidecar = ScriptedServer.Answering();
        using var client = new TestClient(sidecar.Address);
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            new Uri(
                "http://payments.mesh:8080/a%2Fb/../c?q=%41&x",
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

        using var answer = await client.Http.SendAsync(request);

        Assert.That(
            (sidecar.Executed.Single().Target, sidecar.Executed.Single()["Host"]),
            Is.EqualTo(("/a%2Fb/../c?q=%41&x", "payments.mesh:8080")));
    }

    [Test]
    public async Task Services_share_the_connections_of_a_sidecar()
    {
        using var sidecar = ScriptedServer.Answering();
        using var client = new TestClient(sidecar.Address);

        await client.Http.GetStringAsync(new Uri("http://payments/"));
        await client.Http.GetStringAsync(new Uri("http://orders/"));

        Assert.That((sidecar.Connections, sidecar.Executed.Last()["Host"]), Is.EqualTo((1, "orders")));
    }

    private sealed class EarlyReader(TaskCompletionSource started) : ScriptedServer((_, _) => Task.CompletedTask)
    {
        protected override async Task ServeAsync(ServerConnection connection)
        {
            await connection.ReadHeadAsync();
            await connection.TakeAsync("5\r\nbegun\r\n".Length);
            started.SetResult();
            await connection.TakeAsync("1\r\n \r\n0\r\n\r\n".Length);
            await connection.AnswerAsync("ok");
        }
    }
}
