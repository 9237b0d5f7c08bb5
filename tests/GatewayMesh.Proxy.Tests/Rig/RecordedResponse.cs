using GatewayMesh.Proxy.Messages;

namespace GatewayMesh.Proxy.Tests.Rig;

/// <summary>The client's side of an exchange without a server: records what the pipeline sends.</summary>
internal sealed class RecordedResponse : IResponseSink
{
    private readonly CancellationTokenSource _aborted = new();

    public LocalAnswer? Sent { get; private set; }

    public bool EndsConnection { get; private set; }

    public bool IsAborted => _aborted.IsCancellationRequested;

    public bool HasStarted { get; set; }

    public int Status => Sent?.Status ?? 200;

    public long? ContentLength => Sent?.Body.Length;

    public CancellationToken Aborted => _aborted.Token;

    public Task SendAsync(LocalAnswer answer, bool close)
    {
        (Sent, EndsConnection, HasStarted) = (answer, close, true);
        return Task.CompletedTask;
    }

    public void Slow(long rate)
    {
    }

    public void Abort() => _aborted.Cancel();

    public bool IsAnsweredByServer(Exception failure) => false;
}
