using System.Net.Http.Json;
using System.Text;
using GatewayMesh.Client.Tests.Rig;

namespace GatewayMesh.Client.Tests.Failover;

/// <summary>The connection ends after the request was written, so an application may have seen the request.</summary>
public sealed class LostInFlightTests
{
    [TestCase("GET")]
    [TestCase("HEAD")]
    [TestCase("OPTIONS")]
    [TestCase("TRACE")]
    [TestCase("PUT")]
    [TestCase("DELETE")]
    public async Task An_idempotent_request_is_retried_at_the_sidecar_first(string method)
    {
        using var sidecar = DyingOnce();
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        using var answer = await client.SendAsync(method);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.IsSuccessStatusCode);
            Assert.That(sidecar.Executed.Select(request => request["gatewaymesh-attempt"]), Is.EqualTo(["1", "2"]));
            Assert.That(gateway.Executed, Is.Empty);
        }
    }

    [TestCase(false)]
    [TestCase(true)]
    public async Task A_request_lost_twice_at_the_sidecar_goes_to_a_gateway(bool halfHead)
    {
        using var sidecar = new ScriptedServer(async (_, connection) =>
        {
            if (halfHead)
            {
                await connection.SendAsync("HTTP/1.1 200 OK\r\nConte");
            }

            connection.End();
        });
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(sidecar.Executed, Has.Count.EqualTo(2));
            Assert.That(gateway.Executed.Single()["gatewaymesh-attempt"], Is.EqualTo("3"));
        }
    }

    [TestCase("POST")]
    [TestCase("PATCH")]
    [TestCase("get")]
    [TestCase("INVENTED")]
    public async Task A_non_idempotent_request_runs_at_most_once(string method)
    {
        using var sidecar = DyingOnce();
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        var failure = await Assert.ThrowsAsync<GatewayMeshException>(() => client.SendAsync(method, new StringContent("body")));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (failure!.Reason, failure.Refusal, failure.MayHaveRun, failure.Attempts),
                Is.EqualTo(((FailoverReason?)FailoverReason.Lost, ReplayRefusal.NotIdempotent, true, 1)));
            Assert.That((sidecar.Executed.Count, gateway.Executed.Count), Is.EqualTo((1, 0)));
        }
    }

    [TestCase(true, 2)]
    [TestCase(false, 1)]
    public async Task An_idempotency_key_allows_a_retry_only_if_the_option_is_set(bool allowed, int executed)
    {
        using var sidecar = DyingOnce();
        using var client = new TestClient(sidecar.Address, with: options => options.ReplayWithIdempotencyKey = allowed);

        var sending = client.SendAsync("POST", new StringContent("body"), request => request.Headers.Add("Idempotency-Key", "\"k1\""));
        if (allowed)
        {
            using var answer = await sending;
        }
        else
        {
            await Assert.ThrowsAsync<GatewayMeshException>(() => sending);
        }

        Assert.That(sidecar.Executed, Has.Count.EqualTo(executed));
    }

    [Test]
    public async Task A_created_idempotency_key_stays_the_same_over_all_attempts_and_differs_between_requests()
    {
        using var sidecar = DyingOnce();
        using var client = new TestClient(sidecar.Address, with: options => options.CreateIdempotencyKeys = true);

        using var first = await client.SendAsync("POST", new StringContent("body"));
        using var second = await client.SendAsync("POST", new StringContent("body"));
        using var third = await client.SendAsync("POST", new StringContent("body"), request => request.Headers.Add("Idempotency-Key", "mine"));
        using var get = await client.SendAsync("GET", null);

        var keys = sidecar.Executed.Select(request => request["Idempotency-Key"]).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(keys, Has.Count.EqualTo(5));
            Assert.That(keys[1], Is.EqualTo(keys[0]), "the lost attempt and the next");
            Assert.That(keys[2], Is.Not.EqualTo(keys[0]));
            Assert.That(keys[0], Does.Match("^\"[0-9a-f-]{36}\"$"));
            Assert.That((keys[3], keys[4]), Is.EqualTo(("mine", default(string))));
        }
    }

    [TestCase("application/grpc", null)]
    [TestCase("application/grpc+proto", null)]
    [TestCase("application/grpc", "\"k1\"", Description = "of the application")]
    public async Task A_gRPC_call_that_was_lost_is_not_retried_with_a_key_because_the_mesh_keeps_none_of_streams(string type, string? key)
    {
        using var sidecar = DyingOnce();
        using var client = new TestClient(sidecar.Address, with: options => options.CreateIdempotencyKeys = true);

        var failure = await Assert.ThrowsAsync<GatewayMeshException>(() => client.SendAsync(
            "POST",
            new ByteArrayContent([1]) { Headers = { ContentType = new(type) } },
            request => request.Headers.Add("Idempotency-Key", key is null ? [] : [key])));

        Assert.That(failure!.Refusal, Is.EqualTo(ReplayRefusal.NotIdempotent));
        Assert.That(sidecar.Executed.Single()["Idempotency-Key"], Is.EqualTo(key));
    }

    [TestCase("application/grpc-web")]
    [TestCase("application/grpcx")]
    public async Task A_request_with_a_key_that_is_no_gRPC_call_is_retried(string type)
    {
        using var sidecar = DyingOnce();
        using var client = new TestClient(sidecar.Address, with: options => options.CreateIdempotencyKeys = true);

        using var answer = await client.SendAsync("POST", new ByteArrayContent([1]) { Headers = { ContentType = new(type) } });

        Assert.That(sidecar.Executed, Has.Count.EqualTo(2));
    }

    [TestCase(0)]
    [TestCase(65_536)]
    public async Task A_buffered_body_arrives_completely_on_every_attempt(int size)
    {
        var body = string.Concat(Enumerable.Range(0, size).Select(i => (char)('a' + (i % 26))));
        using var sidecar = DyingOnce();
        using var client = new TestClient(sidecar.Address);

        // The stream is read once but sent twice.
        using var answer = await client.SendAsync("PUT", new StreamContent(new MemoryStream(Encoding.ASCII.GetBytes(body))));

        Assert.That(sidecar.Executed.Select(request => request.Body), Is.EqualTo([body, body]));
    }

    [Test]
    public async Task A_small_body_of_unknown_length_is_streamed_and_buffered()
    {
        using var sidecar = DyingOnce();
        using var client = new TestClient(sidecar.Address);

        using var answer = await client.SendAsync("PUT", JsonContent.Create(new[] { 1, 2, 3 }));

        Assert.That(sidecar.Executed.Select(request => request.Body), Is.EqualTo(["[1,2,3]", "[1,2,3]"]));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_larger_body_is_never_retried_once_started(bool knownLength)
    {
        using var sidecar = DyingOnce();
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);
        HttpContent body = knownLength ? new ByteArrayContent(new byte[65_537]) : new GatedContent(Task.CompletedTask, 65_537);

        var failure = await Assert.ThrowsAsync<GatewayMeshException>(() => client.SendAsync("PUT", body));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(failure!.Refusal, Is.EqualTo(ReplayRefusal.BodyGone));
            Assert.That((sidecar.Executed.Count, gateway.Executed.Count), Is.EqualTo((1, 0)));
        }
    }

    [Test]
    public async Task An_unstarted_larger_body_goes_to_a_gateway()
    {
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(ScriptedServer.ClosedPort(), [gateway.Address]);

        using var answer = await client.SendAsync("POST", new GatedContent(Task.CompletedTask, 300_000));

        Assert.That(gateway.Executed.Single().Body, Has.Length.EqualTo(300_005));
    }

    [Test]
    public async Task Nothing_is_retried_after_the_response_headers_arrived()
    {
        using var sidecar = new ScriptedServer(async (_, connection) =>
        {
            await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nfive.");
            connection.Reset();
        });
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        using var answer = await client.SendAsync("GET");

        await Assert.ThrowsAsync(
            Is.InstanceOf<HttpRequestException>().Or.InstanceOf<IOException>(), () => answer.Content.ReadAsStringAsync());
        Assert.That((sidecar.Executed.Count, gateway.Executed.Count), Is.EqualTo((1, 0)));
    }

    private static ScriptedServer DyingOnce()
    {
        var requests = 0;
        return new ScriptedServer((request, connection) =>
        {
            if (Interlocked.Increment(ref requests) == 1)
            {
                connection.Reset();
                return Task.CompletedTask;
            }

            return request.Method == "HEAD"
                ? connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
                : connection.AnswerAsync("again");
        });
    }
}
