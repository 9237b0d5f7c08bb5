using System.Net;
using GatewayMesh.Configuration.Policies.Mirror;
using GatewayMesh.Configuration.Policies.Timeouts;
using GatewayMesh.Proxy.Limits;
using GatewayMesh.Proxy.LoadBalancing;
using GatewayMesh.Proxy.Messages;
using GatewayMesh.Proxy.Mirroring;
using GatewayMesh.Proxy.Pipeline;
using GatewayMesh.Proxy.Resilience;
using GatewayMesh.Proxy.Routing;
using GatewayMesh.Proxy.Telemetry;
using GatewayMesh.Proxy.Upstreams;

namespace GatewayMesh.Proxy.Forwarding;

/// <summary>One copy of a request: sent by the thread pool over a connection of its own, and its response dropped.</summary>
/// <param name="message">The request.</param>
/// <param name="hop">The hop. Its lease and connections are held until the copy has ended.</param>
/// <param name="timeout">Longest time of the copy.</param>
/// <param name="limits">Counts the copies of the called service.</param>
/// <param name="metrics">Counts the outcome.</param>
/// <param name="time">The clock.</param>
internal sealed class MirrorCopy(
    HttpRequestMessage message, Hop hop, TimeSpan timeout, ServiceLimits limits, MeshMetrics metrics, TimeProvider time)
    : IThreadPoolWorkItem
{
    private const int MaxDropped = 64 * 1024;

    private static readonly TimeSpan LongestWithoutTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Writes the copy of a request; null if the request cannot be written for the hop.</summary>
    /// <param name="exchange">The original.</param>
    /// <param name="hop">The hop.</param>
    /// <param name="model">The mirror.</param>
    /// <param name="timeouts">Timeouts of calls to the service of the copy.</param>
    /// <param name="limits">Counts the copies of the called service.</param>
    /// <param name="metrics">Counts the outcome.</param>
    public static MirrorCopy? TryCreate(
        Exchange exchange, in Hop hop, MirrorModel model, TimeoutsModel timeouts, ServiceLimits limits, MeshMetrics metrics)
    {
        if (MethodStep.IsInWrongCase(exchange.Method))
        {
            return null;
        }

        var message = new HttpRequestMessage
        {
            Method = new HttpMethod(exchange.Method),
            Version = hop.Upstream.Key.Protocol == WireProtocol.Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = exchange.Head.HasBody ? new MirrorContent() : null,
        };
        if (RequestMessage.Fill(exchange, hop, message, new FieldTable()).IsError)
        {
            message.Dispose();
            return null;
        }

        ((IDictionary<string, object?>)message.Options).Remove(SendOnceHandler.Observer.Key); // the original's
        message.Options.Set(UpstreamConnector.ConnectTimeout, timeouts.Connect);
        message.Headers.ExpectContinue = null;
        message.Headers.TryAddWithoutValidation(MeshHeaders.Mirror, MeshHeaderValues.Mirrored);
        if (model.HostSuffix is { } suffix && message.Headers.Host is { } host)
        {
            var name = HostNames.WithoutPort(host);
            message.Headers.Host = string.Concat(name, suffix, host.AsSpan(name.Length));
        }

        var timeout = timeouts.Request is { Ticks: > 0 } request ? request : LongestWithoutTimeout;
        return new MirrorCopy(message, hop, timeout, limits, metrics, exchange.Time);
    }

    /// <summary>Sends the copy, and returns at once.</summary>
    /// <param name="body">The body. Default: none.</param>
    public void Send(ReadOnlyMemory<byte> body = default)
    {
        if (message.Content is MirrorContent content)
        {
            content.Bytes = body;
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    /// <summary>Ends the copy without sending it.</summary>
    public void Abandon(MirrorOutcome outcome)
    {
        message.Dispose();
        hop.Lease.End(EndpointOutcome.Cancelled);
        hop.Upstream.Release();
        limits.EndMirror();
        metrics.CountMirror(limits.Service, WordOf(outcome));
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute() => _ = SendAsync();

    /// <summary>Returns the label of an outcome.</summary>
    internal static string WordOf(MirrorOutcome outcome) => outcome switch
    {
        MirrorOutcome.Answered => "answered",
        MirrorOutcome.Failed => "failed",
        MirrorOutcome.Limited => "limited",
        MirrorOutcome.TooLarge => "too_large",
        MirrorOutcome.Incomplete => "incomplete",
        MirrorOutcome.NoInstance => "no_instance",
        MirrorOutcome.Denied => "denied",
        _ => "unsuitable",
    };

    // A copy is no evidence for or against its instance: it must not change how other callers of that service choose.
    private async Task SendAsync()
    {
        var outcome = MirrorOutcome.Failed;
        using var end = new CancellationTokenSource(timeout, time);
        try
        {
            using var answer = await hop.Upstream.Invoker.SendAsync(message, end.Token).ConfigureAwait(false);
            outcome = MirrorOutcome.Answered;
            await DropAsync(answer, end.Token).ConfigureAwait(false);
        }
        catch (Exception failure) when (
            failure is HttpRequestException or IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The outcome is counted; no caller awaits the copy.
        }
        finally
        {
            Abandon(outcome);
        }
    }

    // So that the connection can be used again.
    private static async Task DropAsync(HttpResponseMessage answer, CancellationToken end)
    {
        var content = await answer.Content.ReadAsStreamAsync(end).ConfigureAwait(false);
        var buffer = new byte[4096];
        for (var dropped = 0; dropped < MaxDropped;)
        {
            var count = await content.ReadAsync(buffer, end).ConfigureAwait(false);
            if (count == 0)
            {
                return;
            }

            dropped += count;
        }
    }
}
