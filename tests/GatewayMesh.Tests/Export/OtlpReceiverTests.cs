using System.Text;
using GatewayMesh.Fixtures.Otlp;

namespace GatewayMesh.Tests.Export;

/// <summary>The collector of the tests understands OTLP's JSON form too, in which some applications send.</summary>
public sealed class OtlpReceiverTests
{
    [Test]
    public async Task JSON_is_read()
    {
        await using var receiver = await OtlpReceiver.StartAsync();
        using var client = new HttpClient { BaseAddress = receiver.Http };
        await Post("/v1/traces", """
            {"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"scopeSpans":[{"spans":[
            {"traceId":"0af7651916cd43dd8448eb211c80319c","spanId":"b7ad6b7169203331","name":"GET","kind":2,"startTimeUnixNano":"1000",
             "endTimeUnixNano":"3000","attributes":[{"key":"n","value":{"intValue":"7"}}],"status":{"code":2}}]}]}]}
            """);
        await Post("/v1/metrics", """
            {"resourceMetrics":[{"resource":{},"scopeMetrics":[{"metrics":[{"name":"m","sum":{"dataPoints":[{"asInt":"3",
             "exemplars":[{"traceId":"0af7651916cd43dd8448eb211c80319c"}]}]}}]}]}]}
            """);
        await Post("/v1/logs", """
            {"resourceLogs":[{"resource":{},"scopeLogs":[{"logRecords":[{"severityNumber":13,"body":{"stringValue":"hm"}}]}]}]}
            """);

        var span = receiver.Spans.Single();
        Assert.That(
            (span.Resource["service.name"], span.Kind, span.Nanoseconds, span.Status, span.Attributes["n"]),
            Is.EqualTo(((object)"shop", 2, 2000L, 2, (object)7L)));
        Assert.That(receiver.Points.Single() is { Name: "m", Type: "sum", Value: 3, ExemplarTraces.Count: 1 });
        Assert.That(receiver.Logs.Single() is { Severity: 13, Body: "hm" });

        async Task Post(string path, string json)
        {
            using var content = new StringContent(json, Encoding.UTF8, "application/json");
            using var answer = await client.PostAsync(path, content);
            Assert.That((int)answer.StatusCode, Is.EqualTo(200));
        }
    }
}
