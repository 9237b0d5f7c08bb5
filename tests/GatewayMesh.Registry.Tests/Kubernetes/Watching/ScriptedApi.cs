using System.Threading.Channels;
using GatewayMesh.Fixtures;

namespace GatewayMesh.Registry.Tests.Kubernetes.Watching;

/// <summary>An API server without a network: the test sees each request and answers it.</summary>
internal sealed class ScriptedApi : HttpMessageHandler
{
    private readonly Channel<ScriptedRequest> _arrived = Channel.CreateUnbounded<ScriptedRequest>();

    /// <summary>True if a request waits for the test.</summary>
    public bool HasRequest => _arrived.Reader.TryPeek(out _);

    /// <summary>The next request.</summary>
    public async Task<ScriptedRequest> NextAsync()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        return await _arrived.Reader.ReadAsync(deadline.Token);
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var scripted = new ScriptedRequest(request);
        _ = _arrived.Writer.TryWrite(scripted);
        return scripted.Response.WaitAsync(cancellationToken);
    }
}
