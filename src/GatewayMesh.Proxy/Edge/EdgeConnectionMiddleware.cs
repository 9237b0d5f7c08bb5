using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Telemetry;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Edge;

/// <summary>
/// Connection middleware of the public listeners, before TLS. Determines the client address and enforces the limit per address.
/// <code>
/// socket ─► trusted proxy and proxyProtocol? ─► PROXY header: the caller's address replaces the proxy's ─► limit per address ─►
/// TlsConnectionMiddleware
/// </code>
/// Connections of other listeners pass through untouched.
/// </summary>
internal sealed class EdgeConnectionMiddleware(
    EdgeListeners listeners, LimitsSpec limits, MeshMetrics metrics, ILogger log, TimeProvider time)
{
    private static readonly Action<ILogger, string, string, string, long, Exception?> Refused =
        LoggerMessage.Define<string, string, string, long>(
            LogLevel.Warning,
            new EventId(5, "connection_refused"),
            "A connection on {Listener} from {Peer} was closed: {Reason} ({Count} since the last such line).");

    private readonly AddressShares _shares = new(limits.MaxConnectionsPerAddress);
    private readonly LogThrottle _header = new(time);
    private readonly LogThrottle _share = new(time);

    /// <summary>Wraps the next connection delegate.</summary>
    public ConnectionDelegate Around(ConnectionDelegate next) => connection =>
    {
        var inbound = connection.Features.Get<InboundConnection>()!;
        return listeners.Of(inbound) is { } listener ? ServeAsync(connection, inbound, listener, next) : next(connection);
    };

    private async Task ServeAsync(ConnectionContext connection, InboundConnection inbound, EdgeListener listener, ConnectionDelegate next)
    {
        inbound.Edge = listener;
        var isProxy = listeners.Trusts(inbound.Peer);
        inbound.IsTrustedProxy = isProxy;
        var isCounted = !isProxy;
        if (isProxy && listener.Spec.ProxyProtocol)
        {
            if (await ReadHeaderAsync(connection, inbound).ConfigureAwait(false) is not { } header)
            {
                connection.Abort(new ConnectionAbortedException("The proxy sent no valid PROXY header."));
                metrics.CountRefusedConnection("proxy_header");
                Log(_header, inbound, "the proxy's PROXY header is missing or malformed");
                return;
            }

            // A proxy cannot vouch for an unknown client, so no proxy is trusted on this connection.
            inbound.IsTrustedProxy = header.Source is { } source && listeners.Trusts(source.Address);
            inbound.Peer = header.Source?.Address ?? inbound.Peer;
            isCounted = header.Source is not null && !inbound.IsTrustedProxy;
        }

        var address = inbound.Peer;
        if (isCounted && !_shares.TryEnter(address))
        {
            connection.Abort(new ConnectionAbortedException("The client address has reached its connection limit."));
            metrics.CountRefusedConnection("address_limit");
            Log(_share, inbound, "the address already has limits.maxConnectionsPerAddress connections");
            return;
        }

        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            if (isCounted)
            {
                _shares.Leave(address);
            }
        }
    }

    /// <summary>Reads the PROXY header off the connection; null if no valid header arrives in time.</summary>
    private async ValueTask<(IPEndPoint? Source, int Length)?> ReadHeaderAsync(ConnectionContext connection, InboundConnection inbound)
    {
        using var patience = new CancellationTokenSource(limits.RequestHeadersTimeout, time);
        var input = connection.Transport.Input;
        inbound.AwaitsProtocol = true;
        try
        {
            while (true)
            {
                var read = await input.ReadAsync(patience.Token).ConfigureAwait(false);
                var result = ReadFrom(read.Buffer, out var source, out var length);
                var isWhole = result == ProxyHeaderResult.Complete;
                input.AdvanceTo(
                    isWhole ? read.Buffer.GetPosition(length) : read.Buffer.Start,
                    isWhole ? read.Buffer.GetPosition(length) : read.Buffer.End);
                if (isWhole)
                {
                    return (source, length);
                }

                if (result == ProxyHeaderResult.Malformed || read.IsCompleted || read.IsCanceled)
                {
                    return null;
                }
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            return null;
        }
        finally
        {
            inbound.AwaitsProtocol = false;
        }
    }

    private static ProxyHeaderResult ReadFrom(in ReadOnlySequence<byte> bytes, out IPEndPoint? source, out int length) =>
        ProxyHeader.Read(
            bytes.IsSingleSegment ? bytes.FirstSpan : bytes.Slice(0, Math.Min(bytes.Length, ProxyHeader.MaxLengthV2)).ToArray(),
            out source,
            out length);

    private void Log(LogThrottle throttle, InboundConnection inbound, string reason)
    {
        if (throttle.Next(out var count))
        {
            Refused(log, inbound.Listener.Name, inbound.Peer.ToString(), reason, count, null);
        }
    }
}
