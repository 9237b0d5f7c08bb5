using System.Collections.Immutable;
using System.Net.Security;
using GatewayMesh.Configuration.Bootstrap;
using GatewayMesh.Configuration.Document;
using GatewayMesh.Linux;
using GatewayMesh.Proxy.Listeners;

namespace GatewayMesh.Proxy.Edge;

/// <summary>The certificates that a public listener shows now. The files are read again when they change; what cannot be read leaves the last good in use.</summary>
internal sealed class EdgeTls
{
    private readonly IngressTlsSpec _spec;
    private readonly ImmutableArray<string> _files;
    private volatile CertificateTable? _table;
    private ImmutableArray<FileTrace> _seen;
    private ImmutableArray<ConfigError> _refused = [];
    private bool _suspect;

    public EdgeTls(IngressTlsSpec spec)
    {
        _spec = spec;
        _files = [.. spec.Certificates.SelectMany(file => new[] { file.Cert, file.Key }), .. spec.ClientCa is { } ca ? [ca.File] : ImmutableArray<string>.Empty];
        _seen = Look();
        _table = CertificateTable.Read(spec, out _refused);
        Terms = Of;
    }

    /// <summary>How it speaks TLS.</summary>
    public TlsTerms Terms { get; }

    /// <summary>The certificates in use; none when the files could never be read.</summary>
    public ImmutableArray<EdgeCertificate> Certificates => _table?.Certificates ?? [];

    /// <summary>Why the files that are there now are not in use; empty when they are.</summary>
    public ImmutableArray<ConfigError> Refused => _refused;

    /// <summary>
    /// Looks at the files and reads them again when they have changed. Certificate and key are seldom replaced in one instant, so what cannot be used is
    /// looked at once more before it is said.
    /// </summary>
    public EdgeTlsChange Refresh()
    {
        ImmutableArray<FileTrace> now;
        try
        {
            now = _files.IsEmpty ? [] : TimedRead.Run(_files[0], TimedRead.Limit, Look);
        }
        catch (IOException blocked)
        {
            // The disk hangs. What is in use stays in use, and is read again when the disk is back.
            var isSaid = _refused.Any(error => error.File == _files[0] && error.Line == 0);
            _refused = [new ConfigError(SourceLocation.Option(_files[0]), "", blocked.Message, "check the disk or the network share; the certificates in use stay in use")];
            _seen = [];
            return isSaid ? EdgeTlsChange.None : EdgeTlsChange.Refused;
        }

        var isNew = !now.AsSpan().SequenceEqual(_seen.AsSpan());
        if (!isNew && !_suspect)
        {
            return EdgeTlsChange.None;
        }

        _seen = now;
        if (CertificateTable.Read(_spec, out var errors) is { } table)
        {
            _table = table;
            _refused = [];
            _suspect = false;
            return EdgeTlsChange.Replaced;
        }

        if (isNew)
        {
            _suspect = true;
            return EdgeTlsChange.None;
        }

        _suspect = false;
        _refused = errors;
        return EdgeTlsChange.Refused;
    }

    private SslServerAuthenticationOptions? Of(InboundConnection inbound, string host) => _table?.For(host);

    private ImmutableArray<FileTrace> Look() => [.. _files.Select(FileTrace.Of)];
}
