using System.Text.Json;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Errors;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Tests.Rig;

namespace GatewayMesh.Proxy.Tests.Errors;

public sealed class ErrorAnswerTests
{
    [Test]
    public void An_error_is_problem_json_with_the_request_ID()
    {
        var answer = ErrorAnswer.Of(
            new MeshError(MeshErrorKind.DestinationNotFound, false, "nowhere"), Request("GET"), "r-1", "host-a");

        using var json = JsonDocument.Parse(answer.Body);
        var root = json.RootElement;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(404));
            Assert.That(Of(answer, "Content-Type"), Is.EqualTo("application/problem+json"));
            Assert.That(root.GetProperty("type").GetString(), Is.EqualTo("about:blank"));
            Assert.That(root.GetProperty("title").GetString(), Is.Not.Empty);
            Assert.That(root.GetProperty("status").GetInt32(), Is.EqualTo(404));
            Assert.That(root.GetProperty("detail").GetString(), Is.EqualTo("nowhere"));
            Assert.That(root.GetProperty("error").GetString(), Is.EqualTo("destination_not_found"));
            Assert.That(root.GetProperty("requestId").GetString(), Is.EqualTo("r-1"));
            Assert.That(root.GetProperty("node").GetString(), Is.EqualTo("host-a"));
            Assert.That(Of(answer, ProxyStatus.FieldName), Does.StartWith("gatewaymesh; error=destination_not_found; forwarded=?0"));
        }
    }

    [Test]
    public void HEAD_gets_only_the_head()
    {
        var answer = ErrorAnswer.Of(new MeshError(MeshErrorKind.NoEndpoint), Request("HEAD"), "r-1", "");
        Assert.That(answer.Body.IsEmpty, Is.True);
        Assert.That(answer.Status, Is.EqualTo(503));
    }

    [TestCase(MeshErrorKind.Overloaded, "1")]
    [TestCase(MeshErrorKind.Draining, "1")]
    [TestCase(MeshErrorKind.ConnectionReset, null)]
    public void Retry_After_is_set_if_a_later_retry_helps(MeshErrorKind kind, string? expected) =>
        Assert.That(Of(ErrorAnswer.Of(new MeshError(kind), Request("GET"), "r-1", ""), "Retry-After"), Is.EqualTo(expected));

    [TestCase(MeshErrorKind.RequestMalformed, true)]
    [TestCase(MeshErrorKind.NoEndpoint, false)]
    public void A_malformed_request_closes_its_connection(MeshErrorKind kind, bool closes) =>
        Assert.That(ErrorAnswer.Of(new MeshError(kind), Request("GET"), "r-1", "").EndsConnection, Is.EqualTo(closes));

    [Test]
    public void A_405_lists_the_allowed_methods() =>
        Assert.That(
            Of(ErrorAnswer.Of(new MeshError(MeshErrorKind.MethodNotAllowed), Request("CONNECT"), "r-1", ""), "Allow"),
            Does.Contain("GET").And.Not.Contain("CONNECT"));

    [TestCase("the claim \"role\" is missing", "the claim 'role' is missing")]
    [TestCase("a\\b", "a?b")]
    [TestCase("größe", "gr??e")]
    [TestCase("a\r\nSet-Cookie: b\t\u007f", "a??Set-Cookie: b??")]
    [TestCase("role\\", "role?")]
    public void The_description_of_a_challenge_has_only_characters_that_RFC_6750_allows(string details, string expected)
    {
        foreach (var (kind, code) in (ReadOnlySpan<(MeshErrorKind, string)>)[
            (MeshErrorKind.JwtRefused, "invalid_token"), (MeshErrorKind.JwtInsufficient, "insufficient_scope")])
        {
            Assert.That(
                Of(ErrorAnswer.Of(new MeshError(kind, false, details), Request("GET"), "r-1", ""), "WWW-Authenticate"),
                Is.EqualTo($"Bearer error=\"{code}\", error_description=\"{expected}\""));
        }
    }

    [Test]
    public void The_description_of_a_challenge_is_bounded() =>
        Assert.That(
            Of(
                ErrorAnswer.Of(new MeshError(MeshErrorKind.JwtRefused, false, new string('a', 4096)), Request("GET"), "r-1", ""),
                "WWW-Authenticate"),
            Has.Length.LessThan(300).And.EndsWith("a\""));

    [Test]
    public void A_gRPC_call_gets_a_gRPC_status()
    {
        var request = Request("POST");
        request.Fields.Add("Content-Type", "application/grpc+proto");
        var answer = ErrorAnswer.Of(new MeshError(MeshErrorKind.NoEndpoint), request, "r-1", "");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answer.Status, Is.EqualTo(200));
            Assert.That(Of(answer, "grpc-status"), Is.EqualTo("14"));
            Assert.That(answer.Body.IsEmpty, Is.True);
            Assert.That(answer.IsTrailersOnly, Is.True);
        }
    }

    [TestCase(MeshErrorKind.ClientGone, false)]
    [TestCase(MeshErrorKind.ResponseIncomplete, true)]
    public async Task Nothing_is_sent_to_a_client_that_is_gone_or_has_part_of_a_response(MeshErrorKind kind, bool hasStarted)
    {
        var response = new RecordedResponse { HasStarted = hasStarted };
        await RequestPipeline.FailAsync(Begun(response), new MeshError(kind, true), "host-a");
        Assert.That(response.Sent, Is.Null);
        Assert.That(response.IsAborted, Is.True);
    }

    [Test]
    public async Task A_draining_node_ends_the_connection_with_the_error()
    {
        var response = new RecordedResponse();
        var exchange = Begun(response);
        exchange.Close = true;
        await RequestPipeline.FailAsync(exchange, new MeshError(MeshErrorKind.NoEndpoint), "host-a");
        Assert.That(response.Sent!.Status, Is.EqualTo(503));
        Assert.That(response.EndsConnection, Is.True);
    }

    private static Exchange Begun(RecordedResponse response)
    {
        var exchange = new Exchange(TimeProvider.System, response);
        var listener = new ListenerSpec("outbound", ListenerKind.Outbound, new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 1));
        exchange.Begin(
            new InboundConnection(listener, System.Net.IPAddress.Loopback),
            new ListenerBehavior { Direction = RequestDirection.Outbound, Pseudonym = "host-a", Resolver = new ByHost() },
            LiveMesh.Empty);
        return exchange;
    }

    private static string? Of(LocalAnswer answer, string name) =>
        answer.Fields.Where(field => field.Name == name).Select(field => field.Value).SingleOrDefault();

    private static RequestHead Request(string method) => new() { Method = method };
}
