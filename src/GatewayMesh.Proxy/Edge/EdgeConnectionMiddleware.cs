using System.Buffers;
using System.Net;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Listeners;
using GatewayMesh.Proxy.Telemetry;
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

    /// <summary>Determines the client address and takes its share; false if the connection is refused, which has been reported.</summary>
    public async ValueTask<bool> EnterAsync(InboundConnection inbound)
    {
        if (listeners.Of(inbound) is not { } listener)
        {
            return true;
        }

        inbound.Edge = listener;
        var isProxy = listeners.Trusts(inbound.Peer);
        inbound.IsTrustedProxy = isProxy;
        var isCounted = !isProxy;
        if (isProxy && listener.Spec.ProxyProtocol)
        {
            if (await ReadHeaderAsync(inbound).ConfigureAwait(false) is not { } header)
            {
                inbound.Abort();
                metrics.CountRefusedConnection("proxy_header");
                Log(_header, inbound, "the proxy's PROXY header is missing or malformed");
                return false;
            }

            // A proxy cannot vouch for an unknown client, so no proxy is trusted on this connection.
            inbound.IsTrustedProxy = header.Source is { } source && listeners.Trusts(source.Address);
            inbound.Peer = header.Source?.Address ?? inbound.Peer;
            isCounted = header.Source is not null && !inbound.IsTrustedProxy;
        }

        if (isCounted && !_shares.TryEnter(inbound.Peer))
        {
            inbound.Abort();
            metrics.CountRefusedConnection("address_limit");
            Log(_share, inbound, "the address already has limits.maxConnectionsPerAddress connections");
            return false;
        }

        inbound.CountedAddress = isCounted ? inbound.Peer : null;
        return true;
    }

    /// <summary>Returns the share of a connection's address.</summary>
    public void Leave(InboundConnection inbound)
    {
        if (inbound.CountedAddress is { } address)
        {
            _shares.Leave(address);
        }
    }

    // Reads the PROXY header off the connection, and not a byte of what follows; null if no valid header arrives in time.
    private async ValueTask<(IPEndPoint? Source, int Length)?> ReadHeaderAsync(InboundConnection inbound)
    {
        var socket = inbound.Socket!;
        var buffer = ArrayPool<byte>.Shared.Rent(ProxyHeader.MaxLengthV2);
        using var timeout = new ConnectionTimeout(inbound, limits.RequestHeadersTimeout);
        inbound.AwaitsProtocol = true;
        try
        {
            while (true)
            {
                var count = socket.PeekNow(buffer);
                if (count is <= 0 and not StreamSocket.WouldBlock)
                {
                    return null;
                }

                if (count > 0)
                {
                    switch (ProxyHeader.Read(buffer.AsSpan(0, count), out var source, out var length))
                    {
                        case ProxyHeaderResult.Complete:
                            return socket.ReceiveNow(buffer.AsSpan(0, length)) == length ? (source, length) : null;
                        case ProxyHeaderResult.Malformed:
                            return null;
                    }

                    if (count == buffer.Length || !socket.ExpectMore())
                    {
                        return null;
                    }
                }

                await socket.WaitInputAsync().ConfigureAwait(false);
            }
        }
        catch (Exception over) when (over is OperationCanceledException or IOException)
        {
            return null;
        }
        finally
        {
            inbound.AwaitsProtocol = false;
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private void Log(LogThrottle throttle, InboundConnection inbound, string reason)
    {
        if (throttle.Next(out var count))
        {
            Refused(log, inbound.Listener.Name, inbound.Peer.ToString(), reason, count, null);
        }
    }
}
