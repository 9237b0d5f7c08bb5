using System.Net;
using GatewayMesh.Client.Tests.Rig;
using Microsoft.Extensions.Time.Testing;

namespace GatewayMesh.Client.Tests.Failover;

/// <summary>Recognition of the mesh's own answers, and of those that permit another attempt.</summary>
public sealed class MeshAnswerTests
{
    [TestCase("", TestName = "An application's own 503 is final")]
    [TestCase("Proxy-Status: other; error=connection_refused; forwarded=?0\r\n", TestName = "Another proxy's error is final")]
    [TestCase("Proxy-Status: gatewaymesh; error=connection_terminated; forwarded=?1\r\n", TestName = "A forwarded error is final")]
    [TestCase("Proxy-Status: gatewaymesh; error=connection_terminated\r\n", TestName = "An error without a forwarded parameter is final")]
    [
        TestCase(
            "Proxy-Status: gatewaymesh; error=connection_terminated; forwarded=?0, gatewaymesh; error=connection_refused; forwarded=?1\r\n",
            TestName = "One forwarded member is enough")]
    [TestCase("Proxy-Status: gatewaymesh; error=connection_terminated; forwarded=?1; details=\"x, gatewaymesh; forwarded=?0\"\r\n",
        TestName = "Text within details is not a member")]
    [TestCase("Proxy-Status: gatewaymesh; error=destination_not_found; forwarded=?0\r\n", TestName = "An unknown service is not retried")]
    [TestCase("Proxy-Status: gatewaymesh; error=http_request_error; forwarded=?0\r\n", TestName = "A malformed request is not retried")]
    [TestCase("Proxy-Status: gatewaymesh; error=proxy_loop_detected; forwarded=?0\r\n", TestName = "A loop is not retried")]
    [TestCase("Proxy-Status: gatewaymesh; error=http_request_denied; forwarded=?0\r\n",
        TestName = "A denied request is not retried through a gateway")]
    public async Task A_final_answer_is_passed_on(string fields)
    {
        using var sidecar = ScriptedServer.Answering("as it is", fields, "503 Service Unavailable");
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        using var answer = await client.SendAsync("GET");

        Assert.That(
            (answer.StatusCode, await answer.Content.ReadAsStringAsync(), gateway.Executed.Count),
            Is.EqualTo((HttpStatusCode.ServiceUnavailable, "as it is", 0)));
    }

    [TestCase("connection_refused", "502 Bad Gateway")]
    [TestCase("connection_timeout", "504 Gateway Timeout")]
    [TestCase("destination_unavailable", "503 Service Unavailable")]
    [TestCase("proxy_internal_response", "503 Service Unavailable")]
    [TestCase("proxy_configuration_error", "503 Service Unavailable")]
    [TestCase("connection_refused", "200 OK", TestName = "A gRPC answer that was not forwarded goes to a gateway")]
    public async Task A_request_that_was_not_forwarded_goes_to_a_gateway(string error, string status)
    {
        using var sidecar = ScriptedServer.Answering(
            "", $"Via: 1.1 host-a\r\nProxy-Status: gatewaymesh; error={error}; forwarded=?0; details=\"a \\\"word\\\"\"\r\n", status);
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        Assert.That(await client.GetAsync(), Is.EqualTo("by the gateway"));
    }

    [Test]
    public async Task An_injected_abort_is_final_and_no_failure_of_the_sidecar()
    {
        const string Fields = "Proxy-Status: gatewaymesh; error=proxy_internal_response; forwarded=?0; details=\"fault_injected broken\"\r\n";
        using var sidecar = ScriptedServer.Answering("injected", Fields + "gatewaymesh-fault: broken\r\n", "503 Service Unavailable");
        using var gateway = ScriptedGateway.Carrying();
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        for (var i = 0; i < 20; i++)
        {
            using var answer = await client.SendAsync("GET");
            Assert.That((answer.StatusCode, await answer.Content.ReadAsStringAsync()), Is.EqualTo((HttpStatusCode.ServiceUnavailable, "injected")));
            Assert.That(GatewayMeshRetries.MayRetry(answer), Is.True, "for a retry above, a fault is an answer of the application");
        }

        Assert.That(gateway.Executed, Is.Empty, "the breaker of the sidecar stayed closed");
    }

    [Test]
    public async Task The_meshs_answer_is_final_when_every_target_fails()
    {
        using var sidecar = ScriptedServer.Answering(
            "no instance", "Proxy-Status: gatewaymesh; error=destination_unavailable; forwarded=?0\r\n", "503 Service Unavailable");
        using var client = new TestClient(sidecar.Address, [ScriptedServer.ClosedPort()]);

        using var answer = await client.SendAsync("POST", new StringContent("body"));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(
                (answer.StatusCode, await answer.Content.ReadAsStringAsync()),
                Is.EqualTo((HttpStatusCode.ServiceUnavailable, "no instance")));
            Assert.That(GatewayMeshRetries.MayRetry(answer), Is.False, "a retry above is pointless");
            Assert.That(answer.RequestMessage!.RequestUri!.Host, Is.EqualTo("payments"));
        }
    }

    [Test]
    public async Task An_answer_is_marked_forwarded_when_an_earlier_attempt_may_have_been_seen()
    {
        using var sidecar = ScriptedServer.Resetting();
        using var gateway = new ScriptedGateway(
            (_, connection) =>
                connection.AnswerAsync("", "Proxy-Status: gatewaymesh; error=connection_refused; forwarded=?0\r\n", "502 Bad Gateway"));
        using var client = new TestClient(sidecar.Address, [gateway.Address]);

        using var answer = await client.SendAsync("GET");

        Assert.That(answer.Headers.GetValues("Proxy-Status").Single(), Does.Contain("forwarded=?1"));
    }

    [Test]
    public async Task A_busy_gateway_is_avoided_for_its_retry_after()
    {
        using var busy = new ScriptedGateway(
            (_, connection) =>
                connection.AnswerAsync(
                    "",
                    "Retry-After: 1\r\nProxy-Status: gatewaymesh; error=connection_limit_reached; forwarded=?0\r\n",
                    "503 Service Unavailable"));
        using var other = ScriptedGateway.Carrying();
        var time = new FakeTimeProvider();
        using var client = new TestClient(null, [busy.Address, other.Address], time: time);

        await client.GetAsync();
        await client.GetAsync();
        Assert.That((busy.Executed.Count, other.Executed.Count), Is.EqualTo((1, 2)));

        time.Advance(TimeSpan.FromSeconds(1.1));
        await client.GetAsync();
        Assert.That((busy.Executed.Count, other.Executed.Count), Is.EqualTo((2, 3)));
    }
}
