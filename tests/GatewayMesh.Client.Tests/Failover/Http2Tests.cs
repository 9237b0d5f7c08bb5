using System.Net;
using GatewayMesh.Client.Tests.Rig;

namespace GatewayMesh.Client.Tests.Failover;

/// <summary>HTTP/2 with prior knowledge: any request that was not processed according to RFC 9113 §8.7 is sent to another target.</summary>
public sealed class Http2Tests
{
    [Test]
    public async Task A_version_2_request_uses_prior_knowledge()
    {
        using var sidecar = new Http2Server((stream, peer) => peer.AnswerAsync(stream, "two"));
        using var client = new TestClient(sidecar.Address);

        using var answer = await client.SendAsync("GET", null, Version2);

        Assert.That((answer.Version, await answer.Content.ReadAsStringAsync()), Is.EqualTo((HttpVersion.Version20, "two")));
    }

    [TestCase("GET")]
    [TestCase("POST")]
    public async Task A_refused_stream_sends_any_request_to_a_gateway(string method)
    {
        using var sidecar = new Http2Server((stream, peer) => peer.RefuseAsync(stream));
        using var gateway = Http2Server.Gateway();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        using var answer = await client.SendAsync(method, method == "GET" ? null : new StringContent("body"), Version2);

        Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("by the gateway"));
    }

    [TestCase("GET")]
    [TestCase("POST")]
    public async Task Goaway_below_the_stream_sends_any_request_on_a_new_connection(string method)
    {
        var requests = 0;
        using var sidecar = new Http2Server(
            (stream, peer) => Interlocked.Increment(ref requests) == 1 ? peer.GoAwayAsync(0) : peer.AnswerAsync(stream, "again"));
        using var client = new TestClient(sidecar.Address);

        using var answer = await client.SendAsync(method, method == "GET" ? null : new StringContent("body"), Version2);

        Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("again"));
    }

    [TestCase("GET")]
    [TestCase("POST")]
    public async Task Goaway_below_the_stream_of_a_draining_sidecar_sends_any_request_to_a_gateway(string method)
    {
        Http2Server? leaving = null;
        using var sidecar = leaving = new Http2Server((_, peer) =>
        {
            leaving!.StopListening();
            return peer.GoAwayAsync(0);
        });
        using var gateway = Http2Server.Gateway();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        using var answer = await client.SendAsync(method, method == "GET" ? null : new StringContent("body"), Version2);

        Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("by the gateway"));
    }

    [Test]
    public async Task A_stream_that_goaway_does_not_cover_completes()
    {
        using var sidecar = new Http2Server(async (stream, peer) =>
        {
            await peer.GoAwayAsync(stream);
            await peer.AnswerAsync(stream, "still here");
        });
        using var client = new TestClient(sidecar.Address);

        using var answer = await client.SendAsync("POST", new StringContent("body"), Version2);

        Assert.That((await answer.Content.ReadAsStringAsync(), sidecar.Streams), Is.EqualTo(("still here", 1)));
    }

    [Test]
    public async Task A_request_completes_when_the_answer_arrives_before_the_body_is_sent()
    {
        using var sidecar = new Http2Server((stream, peer) => peer.AnswerAsync(stream, "early"), headIsEnough: true);
        using var client = new TestClient(sidecar.Address);
        var gate = new TaskCompletionSource();

        using var answer = await client.SendAsync("POST", new GatedContent(gate.Task), Version2);
        Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("early"));

        gate.SetResult();
    }

    [TestCase("POST", true)]
    [TestCase("POST", false)]
    public async Task A_post_whose_connection_ends_runs_once(string method, bool reset)
    {
        using var sidecar = new Http2Server((_, peer) =>
        {
            if (reset)
            {
                peer.Connection.Reset();
            }
            else
            {
                peer.Connection.End();
            }

            return Task.CompletedTask;
        });
        using var gateway = Http2Server.Gateway();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        var failure = await Assert.ThrowsAsync<GatewayMeshException>(() => client.SendAsync(method, new StringContent("body"), Version2));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((failure!.Refusal, failure.MayHaveRun), Is.EqualTo((ReplayRefusal.NotIdempotent, true)));
            Assert.That((sidecar.Streams, gateway.Streams), Is.EqualTo((1, 0)));
        }
    }

    [Test]
    public async Task A_get_whose_connection_ends_is_retried_at_the_sidecar()
    {
        var streams = 0;
        using var sidecar = new Http2Server((stream, peer) =>
        {
            if (Interlocked.Increment(ref streams) == 1)
            {
                peer.Connection.Reset();
                return Task.CompletedTask;
            }

            return peer.AnswerAsync(stream, "again");
        });
        using var client = new TestClient(sidecar.Address);

        using var answer = await client.SendAsync("GET", null, Version2);

        Assert.That(await answer.Content.ReadAsStringAsync(), Is.EqualTo("again"));
    }

    [Test]
    public async Task A_refused_stream_whose_body_is_not_kept_ends_with_an_error_and_never_with_part_of_the_body()
    {
        using var sidecar = new Http2Server((stream, peer) => peer.RefuseAsync(stream), headIsEnough: true);
        using var gateway = Http2Server.Gateway();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        await Assert.ThrowsAsync<GatewayMeshException>(() => client.SendAsync("PUT", new ByteArrayContent(new byte[200_000]), Version2));
        Assert.That(gateway.Streams, Is.Zero);
    }

    private static void Version2(HttpRequestMessage request)
    {
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
    }
}
