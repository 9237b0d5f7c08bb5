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

/// <summary>The public listeners of an ingress by port, and whom they believe. One atomic swap; a connection keeps what it met.</summary>
internal sealed class EdgeListeners : IDisposable
{
    /// <summary>How often the files are looked at.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private static readonly Action<ILogger, string, string, Exception?> Replaced =
        LoggerMessage.Define<string, string>(LogLevel.Information, new EventId(3, "certificate_replaced"), "The listener {Listener} shows new certificates: {Certificates}.");

    private static readonly Action<ILogger, string, string, Exception?> Refused =
        LoggerMessage.Define<string, string>(LogLevel.Error, new EventId(4, "certificate_refused"), "The listener {Listener} keeps its certificates: {Error}.");

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
        .. _state.Listeners.Values.OrderBy(listener => listener.Spec.Port).SelectMany(listener => (listener.Tls?.Certificates ?? []).Select(certificate => new EdgeCertificateView(
            listener.Spec.Port,
            certificate.File,
            certificate.Names,
            certificate.Certificate.NotBefore,
            certificate.Certificate.NotAfter,
            certificate.Certificate.GetCertHashString(HashAlgorithmName.SHA256),
            listener.Tls!.Refused.IsEmpty ? null : string.Join("; ", listener.Tls.Refused)))),
    ];

    /// <summary>Everything that is wrong with the files of these listeners.</summary>
    public static ImmutableArray<ConfigError> Check(ImmutableArray<IngressListenerSpec> listeners) =>
        [.. listeners.Where(listener => listener.Tls is not null).SelectMany(listener => CertificateTable.Read(listener.Tls!, out var errors) is null ? errors : [])];

    /// <summary>Takes other listeners; new connections meet them.</summary>
    public void Apply(ImmutableArray<IngressListenerSpec> listeners, ImmutableArray<IPNetwork> trusted) =>
        _state = new EdgeListenerSet(listeners.ToFrozenDictionary(spec => spec.Port, spec => new EdgeListener(spec, spec.Tls is { } tls ? new EdgeTls(tls) : null)), trusted);

    /// <summary>The public listener that a connection came in by, with the defaults where nothing is said of its port; null when it is no public one.</summary>
    public EdgeListener? Of(InboundConnection inbound) =>
        inbound.Listener.Kind != ListenerKind.Ingress ? null
        : _state.Listeners.TryGetValue(inbound.Listener.Address.Port, out var listener) ? listener
        : new EdgeListener(new IngressListenerSpec(inbound.Listener.Address), null);

    /// <summary>Whether what this address says of others is believed.</summary>
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

    /// <summary>Looks at the files; one look at a time.</summary>
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
