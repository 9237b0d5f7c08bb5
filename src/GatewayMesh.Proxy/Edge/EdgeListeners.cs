using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Configuration.Listeners;
using GatewayMesh.Proxy.Listeners;
using Microsoft.Extensions.Logging;

namespace GatewayMesh.Proxy.Edge;

/// <summary>
/// Public listeners of an ingress by port, and the trusted proxies. Replaced in one atomic swap; a connection keeps the settings that it
/// started with.
/// </summary>
internal sealed class EdgeListeners : IDisposable
{
    /// <summary>Interval of the file checks.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly Action<ILogger, string, string, Exception?> Replaced =
        LoggerMessage.Define<string, string>(
            LogLevel.Information, new EventId(3, "certificate_replaced"), "The listener {Listener} uses new certificates: {Certificates}.");

    private static readonly Action<ILogger, string, string, Exception?> Refused =
        LoggerMessage.Define<string, string>(
            LogLevel.Error, new EventId(4, "certificate_refused"), "The listener {Listener} keeps its certificates: {Error}.");

    private readonly Lock _gate = new();
    private readonly ILogger _log;
    private readonly ITimer _looking;
    private volatile EdgeListenerSet _state = new(FrozenDictionary<int, EdgeListener>.Empty, []);

    public EdgeListeners(TimeProvider time, ILogger log)
    {
        _log = log;
        _looking = time.CreateTimer(_ => Refresh(), null, Interval, Interval);
    }

    /// <summary>The certificates in use.</summary>
    public IReadOnlyList<EdgeCertificateView> Certificates =>
    [
        .. _state.Listeners.Values.OrderBy(
            listener => listener.Spec.Port)
                .SelectMany(listener => (listener.Tls?.Certificates ?? []).Select(certificate => new EdgeCertificateView(
            listener.Spec.Port,
            certificate.File,
            certificate.Names,
            certificate.Certificate.NotBefore,
            certificate.Certificate.NotAfter,
            certificate.Certificate.GetCertHashString(HashAlgorithmName.SHA256),
            listener.Tls!.Refused.IsEmpty ? null : string.Join("; ", listener.Tls.Refused)))),
    ];

    /// <summary>Returns all errors in the files of these listeners.</summary>
    public static ImmutableArray<ConfigError> Check(ImmutableArray<IngressListenerSpec> listeners) =>
        [
            .. listeners.Where(listener => listener.Tls is not null).SelectMany(
                listener => CertificateTable.Read(listener.Tls!, out var errors) is null ? errors : [])];

    /// <summary>Replaces the listeners; new connections use them.</summary>
    public void Apply(ImmutableArray<IngressListenerSpec> listeners, ImmutableArray<IPNetwork> trusted) =>
        _state = new EdgeListenerSet(
            listeners.ToFrozenDictionary(spec => spec.Port, spec => new EdgeListener(spec, spec.Tls is { } tls ? new EdgeTls(tls) : null)),
            trusted);

    /// <summary>
    /// Returns the public listener of a connection, with defaults if its port is not configured; null if the listener is not public.
    /// </summary>
    public EdgeListener? Of(InboundConnection inbound) =>
        inbound.Listener.Kind != ListenerKind.Ingress ? null
        : _state.Listeners.TryGetValue(inbound.Listener.Address.Port, out var listener) ? listener
        : new EdgeListener(new IngressListenerSpec(inbound.Listener.Address), null);

    /// <summary>True if the address is a trusted proxy.</summary>
    public bool Trusts(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        foreach (var network in _state.Trusted)
        {
            if (network.Contains(plain))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Checks the files; concurrent calls return at once.</summary>
    public void Refresh()
    {
        if (!_gate.TryEnter())
        {
            return;
        }

        try
        {
            Look();
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _looking.Dispose();

    private void Look()
    {
        foreach (var listener in _state.Listeners.Values)
        {
            switch (listener.Tls?.Refresh())
            {
                case EdgeTlsChange.Replaced:
                    Replaced(_log, listener.Spec.Address.ToString(), string.Join("; ", listener.Tls.Certificates), null);
                    break;
                case EdgeTlsChange.Refused:
                    Refused(_log, listener.Spec.Address.ToString(), string.Join("; ", listener.Tls.Refused), null);
                    break;
            }
        }
    }

    private sealed record EdgeListenerSet(FrozenDictionary<int, EdgeListener> Listeners, ImmutableArray<IPNetwork> Trusted);
}
