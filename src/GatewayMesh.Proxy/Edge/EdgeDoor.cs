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
/// socket ─► trusted proxy and proxyProtocol? ─► PROXY header: the caller's address stands in place of the proxy's ─► share of the address ─► TlsDoor
/// </code>
/// Other listeners pass it untouched.
/// </summary>
internal sealed class EdgeDoor(EdgeListeners listeners, LimitsSpec limits, MeshMetrics metrics, ILogger log, TimeProvider time)
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
        var arrival = connection.Features.Get<Arrival>()!;
        return listeners.Of(arrival) is { } listener ? Serve(connection, arrival, listener, next) : next(connection);
    };

    private async Task Serve(ConnectionContext connection, Arrival arrival, EdgeListener listener, ConnectionDelegate next)
    {
        arrival.Edge = listener;
        var isProxy = listeners.Trusts(arrival.Peer);
        arrival.IsTrustedProxy = isProxy;
        var isCounted = !isProxy;
        if (isProxy && listener.Spec.ProxyProtocol)
        {
            if (await ReadHeader(connection, arrival).ConfigureAwait(false) is not { } header)
            {
                connection.Abort(new ConnectionAbortedException("The proxy did not say whose connection it is."));
                metrics.CountRefusedConnection("proxy_header");
                Tell(_header, arrival, "the proxy's PROXY header is missing or malformed");
                return;
            }

            // What the proxy does not know it cannot vouch for: then nobody is believed.
            arrival.IsTrustedProxy = header.Source is { } source && listeners.Trusts(source.Address);
            arrival.Peer = header.Source?.Address ?? arrival.Peer;
            isCounted = header.Source is not null && !arrival.IsTrustedProxy;
        }

        var address = arrival.Peer;
        if (isCounted && !_shares.TryEnter(address))
        {
            connection.Abort(new ConnectionAbortedException("Its address has as many connections as it may have."));
            metrics.CountRefusedConnection("address_limit");
            Tell(_share, arrival, "its address has limits.maxConnectionsPerAddress connections already");
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
    private async ValueTask<(IPEndPoint? Source, int Length)?> ReadHeader(ConnectionContext connection, Arrival arrival)
    {
        using var patience = new CancellationTokenSource(limits.RequestHeadersTimeout, time);
        var input = connection.Transport.Input;
        arrival.AwaitsProtocol = true;
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
            arrival.AwaitsProtocol = false;
        }
    }

    private static ProxyHeaderResult ReadFrom(in ReadOnlySequence<byte> bytes, out IPEndPoint? source, out int length) =>
        ProxyHeader.Read(bytes.IsSingleSegment ? bytes.FirstSpan : bytes.Slice(0, Math.Min(bytes.Length, ProxyHeader.MaxLengthV2)).ToArray(), out source, out length);

    private void Tell(Seldom seldom, Arrival arrival, string reason)
    {
        if (seldom.Next(out var count))
        {
            Refused(log, arrival.Listener.Name, arrival.Peer.ToString(), reason, count, null);
        }
    }
}
