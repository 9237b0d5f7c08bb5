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
/// Connection middleware of the public listeners, before TLS: whose connection it is, and whether its address may have one more.
/// <code>
/// socket ─► trusted proxy and proxyProtocol? ─► PROXY header: the caller's address stands in place of the proxy's ─► share of the address ─► TlsConnectionMiddleware
/// </code>
/// Other listeners pass it untouched.
/// </summary>
internal sealed class EdgeConnectionMiddleware(EdgeListeners listeners, LimitsSpec limits, MeshMetrics metrics, ILogger log, TimeProvider time)
{
    private static readonly Action<ILogger, string, string, string, long, Exception?> Refused =
        LoggerMessage.Define<string, string, string, long>(
            LogLevel.Warning,
            new EventId(5, "connection_refused"),
            "A connection on {Listener} from {Peer} was closed: {Reason} ({Count} since the last such line).");

    private readonly AddressShares _shares = new(limits.MaxConnectionsPerAddress);
    private readonly Seldom _header = new(time);
    private readonly Seldom _share = new(time);

    /// <summary>Connection middleware.</summary>
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
                connection.Abort(new ConnectionAbortedException("The proxy did not say whose connection it is."));
                metrics.CountRefusedConnection("proxy_header");
                Tell(_header, inbound, "the proxy's PROXY header is missing or malformed");
                return;
            }

            // What the proxy does not know it cannot vouch for: then nobody is believed.
            inbound.IsTrustedProxy = header.Source is { } source && listeners.Trusts(source.Address);
            inbound.Peer = header.Source?.Address ?? inbound.Peer;
            isCounted = header.Source is not null && !inbound.IsTrustedProxy;
        }

        var address = inbound.Peer;
        if (isCounted && !_shares.TryEnter(address))
        {
            connection.Abort(new ConnectionAbortedException("Its address has as many connections as it may have."));
            metrics.CountRefusedConnection("address_limit");
            Tell(_share, inbound, "its address has limits.maxConnectionsPerAddress connections already");
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

    /// <summary>The header, taken off the connection; null when there is none in time.</summary>
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
                input.AdvanceTo(isWhole ? read.Buffer.GetPosition(length) : read.Buffer.Start, isWhole ? read.Buffer.GetPosition(length) : read.Buffer.End);
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
        ProxyHeader.Read(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.Slice(0, Math.Min(bytes.Length, ProxyHeader.MaxLengthV2)).ToArray(), out source, out length);

    private void Tell(Seldom seldom, InboundConnection inbound, string reason)
    {
        if (seldom.Next(out var count))
        {
            Refused(log, inbound.Listener.Name, inbound.Peer.ToString(), reason, count, null);
        }
    }
}
