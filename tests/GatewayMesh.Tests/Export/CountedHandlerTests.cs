using System.Net;
using GatewayMesh.Export;
using GatewayMesh.Fixtures.Otlp;

namespace GatewayMesh.Tests.Export;

/// <summary>Counts of exports, by what the collector says of them.</summary>
public sealed class CountedHandlerTests
{
    [TestCase(false, false, 1, 0)]
    [TestCase(false, true, 0, 1)]
    [TestCase(true, false, 1, 0)]
    [TestCase(true, true, 0, 1, Description = "the answer is status 200 with grpc-status 14")]
    public async Task An_export_that_the_collector_refuses_is_not_counted_as_delivered(bool isGrpc, bool refuses, int delivered, int failed)
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        receiver.Refuses = refuses;
        var counts = new DeliveryCounts();
        using var client = new HttpClient(new CountedHandler(counts));

        using var answer = await client.SendAsync(Export(receiver, isGrpc));

        Assert.That((counts.Delivered, counts.Failed), Is.EqualTo(((long)delivered, (long)failed)));
        Assert.That((await answer.Content.ReadAsByteArrayAsync()).Length, Is.EqualTo(isGrpc ? 5 : 0), "the exporter reads the answer too");
    }

    [Test]
    public async Task An_answer_with_its_status_in_the_head_counts_too()
    {
        var counts = new DeliveryCounts();
        using var client = new HttpClient(new CountedHandler(counts, new HeadOnly()));
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://collector.invalid/") { Content = Grpc() };

        using var answer = await client.SendAsync(request);

        Assert.That((counts.Delivered, counts.Failed), Is.EqualTo((0L, 1L)));
    }

    private static HttpRequestMessage Export(OtlpReceiver receiver, bool isGrpc) => isGrpc
        ? new(HttpMethod.Post, new Uri(receiver.Grpc, "/opentelemetry.proto.collector.trace.v1.TraceService/Export"))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = Grpc(),
        }
        : new(HttpMethod.Post, new Uri(receiver.Http, "/v1/traces")) { Content = Content([], "application/x-protobuf") };

    private static ByteArrayContent Grpc() => Content(new byte[5], "application/grpc");

    private static ByteArrayContent Content(byte[] bytes, string type) => new(bytes) { Headers = { ContentType = new(type) } };

    /// <summary>Answers as a gRPC server without a message: the status is in the head.</summary>
    private sealed class HeadOnly : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK);
            response.Headers.Add("grpc-status", "8");
            return Task.FromResult(response);
        }
    }
}
