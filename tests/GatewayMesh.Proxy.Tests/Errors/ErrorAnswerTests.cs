using System.Text.Json;
using GatewayMesh.Proxy.Errors;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace GatewayMesh.Proxy.Tests.Errors;

public sealed class ErrorAnswerTests
{
    [Test]
    public async Task An_error_is_problem_json_with_the_request_ID()
    {
        var (context, body) = Request("GET");
        await ErrorAnswer.WriteAsync(context, new MeshError(MeshErrorKind.DestinationNotFound, false, "nowhere"), "r-1", "host-a");

        using var json = JsonDocument.Parse(body.ToArray());
        var root = json.RootElement;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(context.Response.StatusCode, Is.EqualTo(404));
            Assert.That(context.Response.ContentType, Is.EqualTo("application/problem+json"));
            Assert.That(context.Response.ContentLength, Is.EqualTo(body.Length));
            Assert.That(root.GetProperty("type").GetString(), Is.EqualTo("about:blank"));
            Assert.That(root.GetProperty("title").GetString(), Is.Not.Empty);
            Assert.That(root.GetProperty("status").GetInt32(), Is.EqualTo(404));
            Assert.That(root.GetProperty("detail").GetString(), Is.EqualTo("nowhere"));
            Assert.That(root.GetProperty("error").GetString(), Is.EqualTo("destination_not_found"));
            Assert.That(root.GetProperty("requestId").GetString(), Is.EqualTo("r-1"));
            Assert.That(root.GetProperty("node").GetString(), Is.EqualTo("host-a"));
            Assert.That(
                context.Response.Headers[ProxyStatus.FieldName].ToString(),
                Does.StartWith("gatewaymesh; error=destination_not_found; forwarded=?0"));
        }
    }

    [Test]
    public async Task HEAD_gets_only_the_head()
    {
        var (context, body) = Request("HEAD");
        await ErrorAnswer.WriteAsync(context, new MeshError(MeshErrorKind.NoEndpoint), "r-1", "");
        Assert.That(body.Length, Is.Zero);
        Assert.That(context.Response.StatusCode, Is.EqualTo(503));
    }

    [TestCase(MeshErrorKind.Overloaded, "1")]
    [TestCase(MeshErrorKind.Draining, "1")]
    [TestCase(MeshErrorKind.ConnectionReset, "")]
    public async Task Retry_After_is_set_if_a_later_retry_helps(MeshErrorKind kind, string expected)
    {
        var (context, _) = Request("GET");
        await ErrorAnswer.WriteAsync(context, new MeshError(kind), "r-1", "");
        Assert.That(context.Response.Headers.RetryAfter.ToString(), Is.EqualTo(expected));
    }

    [Test]
    public async Task A_malformed_request_closes_its_connection()
    {
        var (context, _) = Request("GET");
        await ErrorAnswer.WriteAsync(context, new MeshError(MeshErrorKind.RequestMalformed), "r-1", "");
        Assert.That(context.Response.Headers.Connection.ToString(), Is.EqualTo("close"));
    }

    [Test]
    public async Task A_405_lists_the_allowed_methods()
    {
        var (context, _) = Request("CONNECT");
        await ErrorAnswer.WriteAsync(context, new MeshError(MeshErrorKind.MethodNotAllowed), "r-1", "");
        Assert.That(context.Response.Headers.Allow.ToString(), Does.Contain("GET").And.Not.Contain("CONNECT"));
    }

    [Test]
    public async Task Fields_of_a_discarded_upstream_response_are_removed()
    {
        var (context, _) = Request("GET");
        context.Response.Headers.ContentEncoding = "gzip";
        context.Response.StatusCode = 200;
        await ErrorAnswer.WriteAsync(context, new MeshError(MeshErrorKind.UpstreamProtocol, true), "r-1", "");
        Assert.That(context.Response.Headers.ContentEncoding.Count, Is.Zero);
        Assert.That(context.Response.StatusCode, Is.EqualTo(502));
    }

    [Test]
    public async Task A_gRPC_call_gets_a_gRPC_status()
    {
        var (context, body) = Request("POST");
        context.Request.ContentType = "application/grpc+proto";
        await ErrorAnswer.WriteAsync(context, new MeshError(MeshErrorKind.NoEndpoint), "r-1", "");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(context.Response.StatusCode, Is.EqualTo(200));
            Assert.That(context.Response.Headers["grpc-status"].ToString(), Is.EqualTo("14"));
            Assert.That(body.Length, Is.Zero);
        }
    }

    [Test]
    public async Task Nothing_is_written_to_a_disconnected_client()
    {
        var (context, body) = Request("GET");
        var lifetime = new Lifetime();
        context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
        await ErrorAnswer.WriteAsync(context, new MeshError(MeshErrorKind.ClientGone, true), "r-1", "");
        Assert.That(lifetime.IsAborted, Is.True);
        Assert.That(body.Length, Is.Zero);
    }

    private static (HttpContext Context, MemoryStream Body) Request(string method)
    {
        var body = new MemoryStream();
        var context = new DefaultHttpContext();
        context.Request.Method = method;
        context.Response.Body = body;
        return (context, body);
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}
